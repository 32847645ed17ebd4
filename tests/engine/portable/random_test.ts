import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { portable } from "../../../src/engine/portable.ts";
import { tf } from "../../../src/engine/tfjs.ts";
import { numbersOf, runKernel } from "./support.ts";

await portable();

const keep = (seed: readonly [number, number], shape: readonly number[], rate = 0.5): Float32Array =>
  numbersOf(() => runKernel("StatelessKeep", { seed: tf.tensor1d([...seed], "int32") }, { shape, rate }))[0];

Deno.test("the same seed keeps the same elements, either half of another seed others", () => {
  const kept = keep([7, 11], [4, 50]);
  assertEquals(kept.length, 200);
  assertEquals(keep([7, 11], [4, 50]), kept);
  assertEquals(keep([7, 11], [500]).slice(0, 200), kept);
  for (const other of [[8, 11], [7, 12], [11, 7], [-7, 11]] as const) {
    assertNotEquals(keep(other, [200]), kept);
  }
});

Deno.test("elements are dropped at the rate, evenly over runs of four neighbours", () => {
  const count = 160_000;
  for (const rate of [0, 0.1, 0.99]) {
    const dropped = keep([1, 2], [count], rate).filter((x) => x === 0).length / count;
    assertAlmostEquals(dropped, rate, 5 * Math.sqrt(rate * (1 - rate) / count) + 1e-9);
  }
  const kept = keep([1, 2], [count]);
  const patterns = new Float64Array(16);
  for (let i = 0; i < count; i += 4) {
    patterns[kept[i] + 2 * kept[i + 1] + 4 * kept[i + 2] + 8 * kept[i + 3]]++;
  }
  // Chi squared with 15 degrees of freedom is above 37.7 once in 1000 draws; the seed is fixed.
  const expected = count / 4 / 16;
  const chi = patterns.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
  assert(chi < 37.7, `${chi}`);
});

Deno.test("streams of successive seeds do not move together", () => {
  const count = 10_000;
  for (let seed = 0; seed < 5; seed++) {
    const [a, b] = [keep([3, seed], [count]), keep([3, seed + 1], [count])];
    const agreeing = a.filter((x, i) => x === b[i]).length / count;
    assertAlmostEquals(agreeing, 0.5, 5 * 0.5 / Math.sqrt(count));
  }
});
