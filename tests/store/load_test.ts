import { fileURLToPath } from "node:url";
import { assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { float32, int32, type Value } from "../../src/base/value.ts";
import { describe, loadInto } from "../../src/store/load.ts";
import type { StoredParam } from "../../src/store/state_dict.ts";
import { resnetNames } from "../../src/store/rename.ts";
import { openSafetensors } from "../../src/store/safetensors.ts";

const reference = fileURLToPath(new URL("../golden/store/reference.safetensors", import.meta.url));

/** What was put, by name. */
function memory() {
  const held = new Map<string, Value>();
  return { held, put: (name: string, value: Value) => Promise.resolve(void held.set(name, value)) };
}

const params: readonly StoredParam[] = [
  {
    name: "body.layer1.0.conv1.weight",
    shape: [2, 3, 2, 2],
    kind: "weight",
    dtype: "float32",
    layout: "oihw",
  },
  { name: "body.bn1.weight", shape: [3], kind: "weight", dtype: "float32" },
  { name: "body.bn1.num_batches_tracked", shape: [], kind: "buffer", dtype: "int32" },
];
const under = "body";

Deno.test("arrays go into the memory under the model's names, kernels in the engine's layout", async () => {
  using file = await openSafetensors(reference);
  const { held, put } = memory();
  const report = await loadInto({ put }, { params, aliases: [] }, file, {
    under,
    rename: resnetNames,
    strict: true,
  });
  assertEquals(held.get("body.bn1.weight"), float32([3], [1, -0.5, 0.25]));
  assertEquals(held.get("body.bn1.num_batches_tracked"), int32([], [-3]));
  const kernel = held.get("body.layer1.0.conv1.weight")!;
  assertEquals(kernel.shape, [2, 2, 3, 2]);
  assertEquals([...kernel.data.slice(0, 6)], [0, 12, 4, 16, 8, 20]);
  assertEquals(report.applied.length, 3);
  assertEquals(report.unused.map(({ name }) => name).sort(), ["body.positions", "body.Änderung"].sort());
});

Deno.test("a shape that differs is an error before anything is put", async () => {
  using file = await openSafetensors(reference);
  const { held, put } = memory();
  const wrong = params.map((param) => param.name === "body.bn1.weight" ? { ...param, shape: [4] } : param);
  await assertRejects(
    () => loadInto({ put }, { params: wrong, aliases: [] }, file, { under }),
    OnesheetError,
    'Cannot load "body.bn1.weight": expected [4], found [3]',
  );
  assertEquals(held.size, 0);
});

Deno.test("a missing parameter is reported, and an error when strict", async () => {
  using file = await openSafetensors(reference);
  const model = {
    params: [...params, { name: "body.bn1.wait", shape: [3], kind: "weight", dtype: "float32" } as const],
    aliases: [],
  };
  const { put } = memory();
  const report = await loadInto({ put }, model, file, { under });
  assertEquals(report.missing, [{ name: "body.bn1.wait" }]);
  await assertRejects(
    () => loadInto({ put }, model, file, { under, strict: true }),
    OnesheetError,
    `Cannot load "${reference}": expected every parameter, found 1 missing: "body.bn1.wait"`,
  );
});

Deno.test("a file without a single name of the model is an error that shows one of each", async () => {
  using file = await openSafetensors(reference);
  await assertRejects(
    () => loadInto(memory(), { params, aliases: [] }, file),
    OnesheetError,
    `Cannot load "${reference}": expected names such as "body.layer1.0.conv1.weight" (nearest: "layer1.0.conv1.weight"), found "`,
  );
});

Deno.test("a report is a few lines for a person, however much is missing", () => {
  const many = Array.from({ length: 7 }, (_, i) => ({ name: `layer.${i}` }));
  assertEquals(
    describe({
      applied: [{ name: "a", from: "b" }],
      missing: many,
      unused: [{ name: "layer_0", nearest: "layer.0" }],
      mismatched: [{ name: "c", expected: [5461, 2048], found: [2048, 5461] }],
    }),
    [
      "1 of 9 loaded",
      '7 missing in the file: "layer.0", "layer.1", "layer.2", "layer.3", "layer.4" and 2 more',
      '1 unused, not in the model: "layer_0" (nearest: "layer.0")',
      `1 of another shape: "c" (expected [5461, 2048], found [2048, 5461])`,
    ].join("\n"),
  );
});

Deno.test("a convolution as large as its image goes into the matrix that does the same, in the file's order", async () => {
  using file = await openSafetensors(reference);
  const { held, put } = memory();
  const matrix: StoredParam = { name: "fc.weight", shape: [2, 12], kind: "weight", dtype: "float32" };
  const rename = (name: string) => name === "layer1.0.conv1.weight" ? "fc.weight" : undefined;
  await loadInto({ put }, { params: [matrix], aliases: [] }, file, { rename });
  const { data } = await file.read("layer1.0.conv1.weight");
  assertEquals(held.get("fc.weight"), float32([2, 12], Array.from(data)));
});
