import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { int32 } from "../../../src/base/value.ts";
import { tf } from "../../../src/engine/tfjs.ts";
import { nativeTest } from "../native.ts";
import { numbersOf, runKernel } from "../portable/support.ts";

const uniform = (seed: readonly [number, number], shape: readonly number[]): Float32Array =>
  numbersOf(() => runKernel("StatelessUniform", { seed: tf.tensor1d([...seed], "int32") }, { shape }))[0];

nativeTest("random numbers depend on both halves of the seed and on nothing else", () => {
  const numbers = uniform([7, 11], [4, 5]);
  assertEquals(uniform([7, 11], [4, 5]), numbers);
  for (const other of [[8, 11], [7, 12], [11, 7], [-7, 11]] as const) {
    assertNotEquals(uniform(other, [4, 5]), numbers);
  }
});

nativeTest("random numbers lie in [0, 1) and fall evenly into bins", () => {
  const count = 160_000;
  const numbers = uniform([1, 2], [count]);
  assert(numbers.every((x) => x >= 0 && x < 1));
  const bins = new Float64Array(16);
  numbers.forEach((x) => bins[Math.floor(x * 16)]++);
  const chi = bins.reduce((sum, n) => sum + (n - count / 16) ** 2 / (count / 16), 0);
  assert(chi < 37.7, `${chi}`); // 15 degrees of freedom: above once in 1000 draws; the seed is fixed
});

nativeTest(
  "a traced step draws the numbers that the eager kernel draws, from the seed it is given",
  async (engine) => {
    using memory = engine.memory();
    const program = memory.compile((_, { seed }) => ({
      outputs: { x: runKernel("StatelessUniform", { seed }, { shape: [3, 2] })[0] },
    }));
    for (const seed of [[7, 11], [7, 12], [7, 11]] as const) {
      assertEquals((await program.run({ seed: int32([2], seed) })).x.data, uniform(seed, [3, 2]));
    }
  },
);
