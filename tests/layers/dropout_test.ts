import { assertAlmostEquals, assertEquals } from "@std/assert";
import { float32 } from "../../src/base/value.ts";
import { build } from "../../src/dsl/build.ts";
import { efficientNet, type EfficientNetOptions, stochasticDepth } from "../../layers/mod.ts";
import { eachEngine } from "../engine/each.ts";
import { firstValues, forwards, numbers } from "./pass.ts";

eachEngine("stochasticDepth drops whole samples at its rate and scales the others up", async (engine) => {
  const batch = 2000;
  const model = build(({ x }, at) => stochasticDepth(0.25)(x, at("depth")), { x: ["batch", 2, 1, 2] });
  const x = float32([batch, 2, 1, 2], Array.from({ length: 4 * batch }, (_, i) => 1 + i % 4));
  const { output } = await forwards(engine, model, {}, { x }, { training: true, seed: 3 });
  let dropped = 0;
  for (let row = 0; row < batch; row++) {
    const sample = Array.from(output.data.subarray(4 * row, 4 * row + 4));
    if (sample[0] === 0) dropped++;
    const factor = sample[0] === 0 ? 0 : 1 / 0.75;
    sample.forEach((y, i) => assertAlmostEquals(y, factor * (1 + i), 1e-5));
  }
  assertAlmostEquals(dropped / batch, 0.25, 4 * Math.sqrt(0.25 * 0.75 / batch));
});

eachEngine(
  "an EfficientNet leaves residual blocks out in training alone, the first never",
  async (engine) => {
    const stage = { expand: 1, kernel: 3, stride: 1, channels: 4 };
    const outputs = async (blocks: number, rate: number, training: boolean) => {
      const options: EfficientNetOptions = {
        stem: 4,
        stages: [{ ...stage, blocks }],
        head: 3,
        stochasticDepth: rate,
      };
      const model = build(({ x }, at) => efficientNet(options)(x, at), { x: ["batch", 4, 4, 3] });
      const inputs = { x: numbers("x", [8, 4, 4, 3]) };
      return (await forwards(engine, model, firstValues(model, 1), inputs, { training, seed: 1 })).output
        .data;
    };
    assertEquals(await outputs(2, 0.9, false), await outputs(2, 0, false));
    assertEquals(await outputs(1, 0.9, true), await outputs(1, 0, true));
    const [left, whole] = [await outputs(2, 0.9, true), await outputs(2, 0, true)];
    assertEquals(left.some((y, i) => y !== whole[i]), true);
  },
);
