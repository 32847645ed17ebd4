import { assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { matchNames } from "../../src/store/match.ts";
import type { StoredParam } from "../../src/store/state_dict.ts";
import { bertNames } from "../../src/store/rename.ts";

const weight = (name: string, ...shape: number[]): StoredParam => ({
  name,
  shape,
  kind: "weight",
  dtype: "float32",
});
const model = {
  params: [
    weight("image.conv.weight", 8, 3, 3, 3),
    weight("image.bn.bias", 8),
    weight("text.embeddings.LayerNorm.weight", 4),
    weight("ffn.w1.weight", 5, 4),
    weight("ffn.w1.bias", 5),
  ],
  aliases: [["head.1", "ffn"]] as const,
};
const file = (shapes: Readonly<Record<string, readonly number[]>>) =>
  new Map(Object.entries(shapes).map(([name, shape]) => [name, { shape }]));

Deno.test("same names and shapes are applied, the rest is missing or unused", () => {
  const report = matchNames(model, file({ "image.bn.bias": [8], "ffn.w1.bias": [5], "zzzzzzzzz": [1] }));
  assertEquals(report, {
    applied: [{ name: "image.bn.bias", from: "image.bn.bias" }, { name: "ffn.w1.bias", from: "ffn.w1.bias" }],
    missing: [{ name: "image.conv.weight" }, { name: "text.embeddings.LayerNorm.weight" }, {
      name: "ffn.w1.weight",
    }],
    unused: [{ name: "zzzzzzzzz" }],
    mismatched: [],
  });
});

Deno.test("a name that is nearly right is pointed out from both sides, when its shape is right", () => {
  const near = matchNames(model, file({ "image.conv.weigth": [8, 3, 3, 3], "image.bn.bais": [9] }));
  assertEquals(near.missing[0], { name: "image.conv.weight", nearest: "image.conv.weigth" });
  assertEquals(near.missing[1], { name: "image.bn.bias" });
  assertEquals(near.unused, [
    { name: "image.conv.weigth", nearest: "image.conv.weight" },
    { name: "image.bn.bais" },
  ]);
});

Deno.test("a file for one module is renamed, put under it, and only that module can be missing", () => {
  const report = matchNames(
    model,
    file({ "bert.embeddings.LayerNorm.gamma": [4], "cls.predictions.bias": [4] }),
    { under: "text", rename: bertNames },
  );
  assertEquals(report, {
    applied: [{ name: "text.embeddings.LayerNorm.weight", from: "bert.embeddings.LayerNorm.gamma" }],
    missing: [],
    unused: [],
    mismatched: [],
  });
});

Deno.test("a module whose name begins like another's is not missing with it", () => {
  const twins = { params: [weight("text.a", 1), weight("text2.a", 1)], aliases: [] };
  assertEquals(matchNames(twins, file({}), { under: "text" }).missing, [{ name: "text.a" }]);
});

Deno.test("of two copies the home's is used; one copy under either name is enough", () => {
  const home = { name: "ffn.w1.bias", from: "ffn.w1.bias" };
  const copy = { name: "ffn.w1.bias", from: "head.1.w1.bias" };
  for (
    const [shapes, applied] of [
      [{ "head.1.w1.bias": [5], "ffn.w1.bias": [5] }, home],
      [{ "ffn.w1.bias": [5], "head.1.w1.bias": [5] }, home],
      [{ "ffn.w1.bias": [5] }, home],
      [{ "head.1.w1.bias": [5] }, copy],
    ] as const
  ) {
    const report = matchNames(model, file(shapes));
    assertEquals([report.applied, report.unused, report.mismatched], [[applied], [], []]);
  }
});

Deno.test("a shape that differs is reported under the name it was found, for an alias too", () => {
  const report = matchNames(
    model,
    file({ "ffn.w1.weight": [4, 5], "ffn.w1.bias": [5], "head.1.w1.bias": [6] }),
  );
  assertEquals(report.applied, []);
  assertEquals(report.mismatched, [
    { name: "ffn.w1.weight", expected: [5, 4], found: [4, 5] },
    { name: "head.1.w1.bias", expected: [5], found: [6] },
  ]);
});

Deno.test("two arrays that claim one name are refused", () => {
  assertThrows(
    () => matchNames(model, file({ "image.bn.bias": [8], "other": [8] }), { rename: () => "image.bn.bias" }),
    OnesheetError,
    'Cannot load "image.bn.bias": expected one array of that name, found "image.bn.bias" and "other"',
  );
});

Deno.test("a module that is not there is refused, with the nearest that is", () => {
  assertThrows(
    () => matchNames(model, file({ "conv.weight": [8, 3, 3, 3] }), { under: "imge" }),
    OnesheetError,
    'Cannot load into "imge": the model has no such module; did you mean "image"?',
  );
});

Deno.test("a file for a module known under two names goes to its home, whichever name is given", () => {
  for (const [under, from] of [["ffn", "w1.bias"], ["head.1", "w1.bias"], ["head", "1.w1.bias"]]) {
    const report = matchNames(model, file({ [from]: [5] }), { under });
    assertEquals(report.applied, [{ name: "ffn.w1.bias", from }]);
    assertEquals(report.missing, [{ name: "ffn.w1.weight" }]);
  }
});

Deno.test("a convolution as large as its image fits the matrix that does the same, and no other array does", () => {
  const matrix = { params: [weight("fc.weight", 5, 12)], aliases: [] };
  const found = (...shape: number[]) => matchNames(matrix, file({ "fc.weight": shape })).applied.length;
  assertEquals([found(5, 3, 2, 2), found(5, 12, 1, 1)], [1, 1]);
  assertEquals([found(5, 3, 4), found(12, 5, 1, 1), found(5, 2, 2, 2), found(60)], [0, 0, 0, 0]);
  const kernel = { params: [weight("fc.weight", 5, 3, 2, 2)], aliases: [] };
  assertEquals(matchNames(kernel, file({ "fc.weight": [5, 12] })).applied, []);
});
