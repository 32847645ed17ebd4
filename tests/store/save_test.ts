import { assertEquals } from "@std/assert";
import { random } from "../../src/base/random.ts";
import { sizeOf, type Value } from "../../src/base/value.ts";
import { toEngine } from "../../src/store/layout.ts";
import { loadInto } from "../../src/store/load.ts";
import type { StoredParam } from "../../src/store/state_dict.ts";
import { openSafetensors } from "../../src/store/safetensors.ts";
import { saveModel } from "../../src/store/save.ts";

const params: readonly StoredParam[] = [
  { name: "conv.weight", shape: [5, 3, 2, 1], kind: "weight", dtype: "float32", layout: "oihw" },
  { name: "bn.num_batches_tracked", shape: [], kind: "buffer", dtype: "int32" },
  { name: "ffn.w1.weight", shape: [3, 2], kind: "weight", dtype: "float32" },
  { name: "ffn.w1.bias", shape: [3], kind: "weight", dtype: "float32" },
];
const model = { params, aliases: [["head.1", "ffn"]] as const };

/** Random values as a file would hold them. */
const fileValues = new Map(params.map(({ name, shape, dtype }): [string, Value] => {
  const { uniform, integer } = random(name);
  const length = sizeOf(shape);
  return [
    name,
    dtype === "float32"
      ? { dtype, shape, data: Float32Array.from({ length }, () => uniform(-1)) }
      : { dtype, shape, data: Int32Array.from({ length }, () => integer(1000)) },
  ];
}));

Deno.test("a saved model has PyTorch's layout and both copies, and loads back to the same arrays", async () => {
  const engine = new Map(params.map((param) => [param.name, toEngine(fileValues.get(param.name)!, param)]));
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/best.safetensors`;
    await saveModel(path, model, { get: (name) => Promise.resolve(engine.get(name)!) }, { epoch: "3" });
    using file = await openSafetensors(path);
    assertEquals(file.metadata, { format: "pt", epoch: "3" });
    assertEquals(file.entries.size, 6);
    for (const [name, value] of fileValues) assertEquals(await file.read(name), value);
    assertEquals(await file.read("head.1.w1.weight"), fileValues.get("ffn.w1.weight"));
    assertEquals(file.entries.get("bn.num_batches_tracked")?.dtype, "I64");

    const loaded = new Map<string, Value>();
    const put = (name: string, value: Value) => Promise.resolve(void loaded.set(name, value));
    const report = await loadInto({ put }, model, file, { strict: true });
    assertEquals(loaded, engine);
    assertEquals([report.missing, report.unused], [[], []]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
