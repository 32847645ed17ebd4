import { assertEquals } from "@std/assert";
import { build } from "../../src/dsl/build.ts";
import { outline } from "../../src/dsl/outline.ts";
import { add, batchNorm, conv2d, linear, meanPool, relu, sequential, shared } from "../../layers/mod.ts";

/** A tower of blocks, a head with a part under a name of its own, and a sum of two modules. */
const model = build(({ image, words }, at) => {
  const tower = at("tower");
  const block = tower("block"), stem = tower("stem");
  const map = relu(batchNorm()(conv2d(4, 3)(image, block("conv")), block("norm")));
  const pooled = meanPool()(conv2d(6, 1)(map, stem), at("pool"));
  const both = add(linear(6)(words, at("words")), pooled);
  const ffn = shared(at("ffn"), linear(6));
  return sequential([linear(5), ffn, linear(2)])(both, at("head"));
}, { image: ["batch", 8, 8, 3], words: ["batch", 7] });

const { boxes, edges } = outline(model, new Set(["tower.block.conv.weight", "ffn.weight"]));

Deno.test("an outline opens modules made of modules, and says what each gives out and learns", () => {
  const rows = boxes.map(({ name, output, parameters, trainable }) => [name, output, parameters, trainable]);
  assertEquals(rows, [
    ["input image", ["batch", 8, 8, 3], 0, 0],
    ["input words", ["batch", 7], 0, 0],
    ["words", ["batch", 6], 48, 0],
    ["tower.block", ["batch", 6, 6, 4], 116, 108],
    ["tower.stem", ["batch", 6, 6, 6], 24, 0],
    ["pool", ["batch", 6], 0, 0],
    ["head", ["batch", 2], 35 + 14, 0],
    ["ffn", ["batch", 6], 36, 30],
  ]);
});

Deno.test("edges lead from whom to whom; a sum of two modules is neither's", () => {
  assertEquals(edges.map(([from, to]) => `${from} > ${to}`).toSorted(), [
    "ffn > head",
    "head > ffn",
    "input image > tower.block",
    "input words > words",
    "pool > head",
    "tower.block > tower.stem",
    "tower.stem > pool",
    "words > head",
  ]);
});
