import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { portable } from "../../../src/engine/portable.ts";
import { tf } from "../../../src/engine/tfjs.ts";
import { numbersOf, runKernel } from "./support.ts";

await portable();

const uniform = (seed: readonly [number, number], shape: readonly number[]): Float32Array =>
  numbersOf(() => runKernel("StatelessUniform", { seed: tf.tensor1d([...seed], "int32") }, { shape }))[0];

Deno.test("the same seed gives the same numbers, either half of another seed gives others", () => {
  const numbers = uniform([7, 11], [4, 5]);
  assertEquals(numbers.length, 20);
  assertEquals(uniform([7, 11], [4, 5]), numbers);
  assertEquals(uniform([7, 11], [50]).slice(0, 20), numbers);
  for (const other of [[8, 11], [7, 12], [11, 7], [-7, 11]] as const) {
    const shared = uniform(other, [20]).filter((x) => numbers.includes(x));
    assertEquals(shared.length, 0);
  }
});

Deno.test("the numbers lie in [0, 1) and fall evenly into bins, alone and in neighbouring pairs", () => {
  const count = 160_000;
  const numbers = uniform([1, 2], [count]);
  assert(numbers.every((x) => x >= 0 && x < 1));
  const bins = new Float64Array(16);
  const pairs = new Float64Array(16);
  numbers.forEach((x, i) => {
    bins[Math.floor(x * 16)]++;
    pairs[Math.floor(x * 4) * 4 + Math.floor(numbers[(i + 1) % count] * 4)]++;
  });
  // Chi squared with 15 degrees of freedom is above 37.7 once in 1000 draws; the seed is fixed.
  const chi = (counts: Float64Array) =>
    counts.reduce((sum, n) => sum + (n - count / 16) ** 2 / (count / 16), 0);
  assert(chi(bins) < 37.7, `bins ${chi(bins)}`);
  assert(chi(pairs) < 37.7, `pairs ${chi(pairs)}`);
});

Deno.test("streams of successive seeds do not move together", () => {
  const count = 10_000;
  const centred = (seed: number) => uniform([3, seed], [count]).map((x) => x - 0.5);
  for (let seed = 0; seed < 5; seed++) {
    const [a, b] = [centred(seed), centred(seed + 1)];
    const correlation = a.reduce((sum, x, i) => sum + x * b[i], 0) / count * 12;
    assert(Math.abs(correlation) < 4 / Math.sqrt(count), `seed ${seed}: ${correlation}`);
    assertNotEquals(a[0], b[0]);
  }
});
