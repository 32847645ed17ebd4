/** The arithmetic of a step, counted from a model. */
import { assertEquals } from "@std/assert";
import { floorText, workOf } from "../../bench/floor.ts";
import { conv2d, linear, meanPool } from "../../layers/mod.ts";
import { build } from "../../src/dsl/build.ts";
import { exact, recipeOf } from "../../bench/workload.ts";
import { plan } from "../../src/train/start.ts";

const model = build(
  ({ image }, at) => {
    const features = conv2d(8, 3, { padding: 1 })(conv2d(4, 1)(image, at("a")), at("b"));
    return linear(5)(meanPool()(features, at("pool")), at("head"));
  },
  { image: ["batch", 6, 6, 3] },
);
const a = 2 * 2 * 36 * 3 * 4, b = 2 * 2 * 36 * 9 * 4 * 8, head = 2 * 2 * 8 * 5;

Deno.test("a frozen layer below everything that learns is only run forward", () => {
  const work = workOf({ model, trainable: new Set(["head.weight", "head.bias"]) }, 2);
  assertEquals(work, { products: 2 * head, convolutions: a + b });
});

Deno.test("gradients go through a frozen layer to one that learns below", () => {
  const work = workOf({ model, trainable: new Set(["a.weight"]) }, 2);
  assertEquals(work, { products: 2 * head, convolutions: 2 * a + 2 * b });
});

Deno.test("ResNet-50 forward is 4.09 billion multiplications with additions for a picture", () => {
  const { model } = plan(recipeOf(exact));
  const forward = workOf({ model, trainable: new Set() }, 1);
  assertEquals(Math.round(forward.convolutions / 2 / 1e7), 409);
});

Deno.test("the floor is the sum of both kinds of work over their peaks", () => {
  const text = floorText({ products: 6e9, convolutions: 2e9 }, { products: 2e9, convolutions: 1e9 });
  assertEquals(text, "floor 5.00 s: 6 GFLOP of products at 2 GFLOP/s, 2 GFLOP of convolutions at 1 GFLOP/s");
});
