import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertNotEquals,
} from "@std/assert";
import { keyed, random } from "../../src/base/random.ts";

const many = 100_000;
const draws = (next: () => number, count = many) => Float64Array.from({ length: count }, next);
const mean = (numbers: Float64Array) => numbers.reduce((a, b) => a + b, 0) / numbers.length;
const deviation = (numbers: Float64Array) => {
  const middle = mean(numbers);
  return Math.sqrt(numbers.reduce((sum, x) => sum + (x - middle) ** 2, 0) / numbers.length);
};

Deno.test("the same keys give the same stream, whatever was drawn elsewhere", () => {
  const stream = random(42, 3, 7, "flip");
  const numbers = [stream.uniform(), stream.integer(1000), stream.normal()];
  random(42, 3, 8, "flip").permutation(100);
  const again = random(42, 3, 7, "flip");
  assertEquals([again.uniform(), again.integer(1000), again.normal()], numbers);
});

Deno.test("any other key, order or number of keys gives another stream", () => {
  const keys = [
    [1],
    [2],
    [1, 2],
    [2, 1],
    [12],
    ["1", ""],
    [1, 2, 3],
    ["a"],
    ["b"],
    ["a", "b"],
    ["ab"],
    [-1],
    [0.5],
  ];
  const starts = keys.map((key) => random(...key).uniform());
  assertEquals(new Set(starts).size, keys.length);
});

Deno.test("streams of neighbouring keys are not correlated", () => {
  const count = 20_000;
  const first = Float64Array.from({ length: count }, (_, i) => random("seed", i).uniform() - 0.5);
  const product = first.subarray(1).reduce((sum, x, i) => sum + x * first[i], 0) / (count - 1);
  assertLess(Math.abs(product * 12), 0.03); // standard error 0.007
  assertAlmostEquals(mean(first), 0, 0.01);
  assertAlmostEquals(deviation(first), Math.sqrt(1 / 12), 0.005);
});

Deno.test("uniform numbers fill [low, high) evenly", () => {
  const { uniform } = random("uniform");
  const numbers = draws(() => uniform());
  assert(numbers.every((x) => x >= 0 && x < 1));
  const bins = new Array(20).fill(0);
  for (const x of numbers) bins[Math.floor(x * 20)]++;
  const expected = many / 20;
  const square = bins.reduce((sum, found) => sum + (found - expected) ** 2 / expected, 0);
  assertLess(square, 44); // chi squared with 19 degrees of freedom passes it once in a thousand times
  const shifted = draws(() => uniform(-3, 5));
  assert(shifted.every((x) => x >= -3 && x < 5));
  assertAlmostEquals(mean(shifted), 1, 0.03);
});

Deno.test("integers are below n, each as often", () => {
  const { integer } = random("integer");
  const counts = new Array(7).fill(0);
  for (let i = 0; i < 70_000; i++) counts[integer(7)]++;
  assertEquals(counts.length, 7);
  for (const count of counts) assertAlmostEquals(count, 10_000, 400); // standard deviation 93
  assertEquals(integer(1), 0);
});

Deno.test("normal numbers have the mean and deviation asked for, and both tails", () => {
  const { normal } = random("normal");
  const standard = draws(() => normal());
  assertAlmostEquals(mean(standard), 0, 0.015);
  assertAlmostEquals(deviation(standard), 1, 0.01);
  const beyond = standard.filter((x) => Math.abs(x) > 1.96).length / many;
  assertAlmostEquals(beyond, 0.05, 0.003);
  assertGreater(standard.reduce((a, b) => Math.max(a, b)), 3.5);
  assertLess(standard.reduce((a, b) => Math.min(a, b)), -3.5);
  assert(standard.every(Number.isFinite));
  const other = draws(() => normal(10, 0.5));
  assertAlmostEquals(mean(other), 10, 0.01);
  assertAlmostEquals(deviation(other), 0.5, 0.005);
});

Deno.test("a permutation has every number once, and each stands anywhere as often", () => {
  assertEquals([...random("p").permutation(0)], []);
  assertEquals([...random("p").permutation(1)], [0]);
  const order = random("p").permutation(1000);
  assertEquals([...order].sort((a, b) => a - b), Array.from({ length: 1000 }, (_, i) => i));
  assertNotEquals([...order], [...order].sort((a, b) => a - b));
  assertEquals(random("p").permutation(1000), order);
  const counts = Array.from({ length: 4 }, () => [0, 0, 0, 0]);
  for (let i = 0; i < 24_000; i++) random("place", i).permutation(4).forEach((x, at) => counts[at][x]++);
  for (const count of counts.flat()) assertAlmostEquals(count, 6000, 300); // standard deviation 67
});

Deno.test("a key's number has 31 bits and tells keys apart", () => {
  const numbers = Array.from({ length: 10_000 }, (_, i) => keyed(42, "step", i));
  assert(numbers.every((x) => Number.isInteger(x) && x >= 0 && x < 2 ** 31));
  assertGreater(numbers.reduce((a, b) => Math.max(a, b)), 2 ** 30);
  assertGreater(new Set(numbers).size, 9_997); // of 10,000 random ones 0.02 pairs are equal
  assertEquals(keyed(42, "step", 1), keyed(42, "step", 1));
});
