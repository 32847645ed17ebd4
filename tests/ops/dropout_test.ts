import { assertEquals, assertLess, assertNotEquals } from "@std/assert";
import { int32 } from "../../src/base/value.ts";
import { dropout } from "../../src/ops/dropout.ts";
import { type Engine, type Step, tf, valueAndGradients } from "../../src/tensor.ts";
import { eachEngine } from "../engine/each.ts";

const SIZE = 20_000;

/** Dropout of ones, and the gradient of its sum: `y` and `gradient`, `[100, 200]`. */
const stepOf = (rate: number): Step => (_, { seed }) => {
  const x = tf.ones([100, 200]);
  const { gradients, aux } = valueAndGradients(() => {
    const y = dropout(x, rate, seed);
    return { value: tf.sum(y), aux: { y } };
  }, { x });
  return { outputs: { y: aux.y, gradient: gradients.x } };
};

async function dropped(engine: Engine, rate: number, seed: readonly [number, number]) {
  using memory = engine.memory();
  const { y, gradient } = await memory.compile(stepOf(rate)).run({ seed: int32([2], seed) });
  return { y: y.data as Float32Array, gradient: gradient.data };
}

for (const rate of [0.1, 0.5]) {
  eachEngine(`dropout zeroes a share of ${rate} and scales the others`, async (engine) => {
    const { y } = await dropped(engine, rate, [3, 4]);
    const scaled = Math.fround(1 / (1 - rate));
    assertEquals(new Set(y), new Set([0, scaled]));
    const share = y.filter((value) => value === 0).length / SIZE;
    // Five standard deviations of the binomial distribution.
    assertLess(Math.abs(share - rate), 5 * Math.sqrt(rate * (1 - rate) / SIZE));
  });
}

eachEngine(`dropout drops nothing at rate 0`, async (engine) => {
  const { y } = await dropped(engine, 0, [3, 4]);
  assertEquals(y, new Float32Array(SIZE).fill(1));
});

eachEngine(`dropout passes the gradient through what it kept`, async (engine) => {
  const { y, gradient } = await dropped(engine, 0.3, [5, 6]);
  assertEquals(gradient, y); // of ones, the output is the mask
});

eachEngine(`dropout drops the same for the same seed and other elements for another`, async (engine) => {
  const { y } = await dropped(engine, 0.5, [7, 8]);
  assertEquals((await dropped(engine, 0.5, [7, 8])).y, y);
  for (const seed of [[8, 8], [7, 9], [8, 7]] as const) {
    const other = (await dropped(engine, 0.5, seed)).y;
    assertNotEquals(other, y);
    const equal = other.filter((value, i) => value === y[i]).length / SIZE;
    assertLess(Math.abs(equal - 0.5), 0.02); // independent: half of the elements agree
  }
});
