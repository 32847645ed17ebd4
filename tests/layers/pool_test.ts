import { assertEquals } from "@std/assert";
import { float32, int32 } from "../../src/base/value.ts";
import { build } from "../../src/dsl/build.ts";
import { maxPool, meanPool, meanTokens } from "../../layers/mod.ts";
import { eachEngine } from "../engine/each.ts";
import { forwards } from "./pass.ts";

const evaluation = { training: false };

eachEngine("meanTokens leaves out the tokens whose mask is 0", async (engine) => {
  const model = build(({ tokens, mask }, at) => meanTokens()({ tokens, mask }, at("pool")), {
    tokens: ["batch", 3, 2],
    mask: ["batch", 3],
  });
  const inputs = {
    tokens: float32([2, 3, 2], [1, 2, 3, 4, 90, 90, 5, -5, 90, 90, 90, 90]),
    mask: int32([2, 3], [1, 1, 0, 1, 0, 0]),
  };
  assertEquals(
    (await forwards(engine, model, {}, inputs, evaluation)).output,
    float32([2, 2], [2, 3, 5, -5]),
  );
});

eachEngine("meanPool is the mean of each channel", async (engine) => {
  const model = build(({ x }, at) => meanPool()(x, at("pool")), { x: ["batch", 2, 3, 2] });
  const x = float32([1, 2, 3, 2], [1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60]);
  assertEquals((await forwards(engine, model, {}, { x }, evaluation)).output, float32([1, 2], [3.5, 35]));
});

eachEngine("maxPool never takes its padding", async (engine) => {
  const model = build(({ x }, at) => maxPool(3, { stride: 2, padding: 1 })(x, at("pool")), {
    x: ["batch", 3, 3, 1],
  });
  const x = float32([1, 3, 3, 1], [-9, -8, -7, -6, -5, -4, -3, -2, -1]);
  const { output } = await forwards(engine, model, {}, { x }, evaluation);
  assertEquals(output, float32([1, 2, 2, 1], [-5, -4, -2, -1]));
});
