import { assertAlmostEquals, assertEquals, assertLess, assertNotEquals } from "@std/assert";
import { int32 } from "../../../src/base/value.ts";
import { tf } from "../../../src/engine/tfjs.ts";
import { nativeTest } from "../native.ts";
import { numbersOf, runKernel } from "../portable/support.ts";

const keep = (seed: readonly [number, number], shape: readonly number[], rate = 0.5): Float32Array =>
  numbersOf(() => runKernel("StatelessKeep", { seed: tf.tensor1d([...seed], "int32") }, { shape, rate }))[0];

nativeTest("what is kept depends on both halves of the seed and on nothing else", () => {
  const kept = keep([7, 11], [8, 16]);
  assertEquals(keep([7, 11], [8, 16]), kept);
  for (const other of [[8, 11], [7, 12], [11, 7], [-7, 11]] as const) {
    assertNotEquals(keep(other, [8, 16]), kept);
  }
});

nativeTest("an odd number of elements is drawn like the first of one more", () => {
  assertEquals(keep([7, 11], [3, 5]), keep([7, 11], [16]).slice(0, 15));
});

nativeTest("elements are dropped at the rate, and neighbours independently", () => {
  const count = 400_000;
  for (const rate of [0, 0.1, 0.3, 0.99]) {
    const kept = keep([1, 2], [count], rate);
    const share = (dropped: (i: number) => boolean) => {
      let n = 0;
      for (let i = 0; i + 1 < count; i++) if (dropped(i)) n++;
      return n / count;
    };
    const bound = (p: number) => 5 * Math.sqrt(p * (1 - p) / count) + 1e-5; // five standard deviations
    assertAlmostEquals(share((i) => kept[i] === 0), rate, bound(rate));
    assertAlmostEquals(share((i) => kept[i] === 0 && kept[i + 1] === 0), rate ** 2, bound(rate ** 2));
  }
  assertLess(keep([1, 2], [10], 0).filter((x) => x === 0).length, 1);
});

nativeTest(
  "a traced step keeps what the eager kernel keeps, from the seed it is given",
  async (engine) => {
    using memory = engine.memory();
    const program = memory.compile((_, { seed }) => ({
      outputs: { x: runKernel("StatelessKeep", { seed }, { shape: [30, 2], rate: 0.5 })[0] },
    }));
    for (const seed of [[7, 11], [7, 12], [7, 11]] as const) {
      const { x } = await program.run({ seed: int32([2], seed) });
      assertEquals([...x.data], [...keep(seed, [30, 2])]);
    }
  },
);
