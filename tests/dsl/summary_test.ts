import { assertEquals } from "@std/assert";
import { build } from "../../src/dsl/build.ts";
import { stateNames, summarize } from "../../src/dsl/summary.ts";
import { batchNorm, conv2d, linear, meanPool, sequential, shared } from "../../layers/mod.ts";

/** A tower with a buffer, and a head whose second part lives under a name of its own. */
const model = build(({ image }, at) => {
  const tower = at("tower");
  const map = batchNorm()(conv2d(4, 3)(image, tower("conv")), tower("norm"));
  const ffn = shared(at("ffn"), linear(6));
  const logits = sequential([linear(5), ffn, linear(2)])(meanPool()(map, at("pool")), at("head"));
  return linear(2, { bias: false })(logits, at("ffn_last"));
}, { image: ["batch", 8, 8, 3] });

const own = [
  "tower.conv.weight",
  "tower.norm.weight",
  "tower.norm.bias",
  "tower.norm.running_mean",
  "tower.norm.running_var",
  "tower.norm.num_batches_tracked",
  "head.0.weight",
  "head.0.bias",
  "ffn.weight",
  "ffn.bias",
  "head.2.weight",
  "head.2.bias",
  "ffn_last.weight",
];

Deno.test("state names list every array, and again what is registered twice", () => {
  assertEquals(stateNames(model), [
    ...own.map((name): [string, string] => [name, name]),
    ["head.1.weight", "ffn.weight"],
    ["head.1.bias", "ffn.bias"],
  ]);
});

Deno.test("a summary counts weights, not buffers, once each and by module", () => {
  const { parameters, modules, names } = summarize(model, new Set(["tower.norm.bias", "ffn.weight"]));
  assertEquals(modules, [
    { name: "tower", parameters: 4 * 3 * 9 + 4 + 4, trainable: 4 },
    { name: "head", parameters: 4 * 5 + 5 + 6 * 2 + 2, trainable: 0 },
    { name: "ffn", parameters: 5 * 6 + 6, trainable: 30 },
    { name: "ffn_last", parameters: 4, trainable: 0 },
  ]);
  assertEquals(parameters, { total: 116 + 39 + 36 + 4, trainable: 34 });
  assertEquals(names.toSorted(), [...own, "head.1.bias", "head.1.weight"].toSorted());
});
