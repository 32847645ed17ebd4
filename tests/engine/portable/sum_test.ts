import { assert, assertEquals } from "@std/assert";
import type { Tensor } from "@tensorflow/tfjs";
import { portable } from "../../../src/engine/portable.ts";
import { tf } from "../../../src/engine/tfjs.ts";
import { updated } from "../../../src/train/update.ts";
import { eachEngine } from "../each.ts";
import { assertClose, numbers, numbersOf, runKernel } from "./support.ts";

await portable();

/** Every set of axes of a rank. */
const axesOf = (rank: number): number[][] =>
  Array.from({ length: 2 ** rank }, (_, set) => [...Array(rank).keys()].filter((axis) => set >> axis & 1));

/** Sums over axes by looking every number's place up. */
function reference(x: Float32Array, shape: readonly number[], axes: readonly number[]): Float64Array {
  const rest = shape.flatMap((_, axis) => axes.includes(axis) ? [] : [axis]);
  const sums = new Float64Array(rest.reduce((size, axis) => size * shape[axis], 1));
  x.forEach((value, i) => {
    const place = shape.map((length, axis) =>
      Math.floor(i / shape.slice(axis + 1).reduce((size, n) => size * n, 1)) % length
    );
    sums[rest.reduce((at, axis) => at * shape[axis] + place[axis], 0)] += value;
  });
  return sums;
}

for (const shape of [[7], [3, 5], [2, 3, 4], [2, 1, 3, 5]]) {
  Deno.test(`sums and means over any axes of [${shape}]`, () => {
    const x = numbers("x", shape);
    for (const axes of axesOf(shape.length).slice(1)) {
      const expected = reference(x, shape, axes), count = x.length / expected.length;
      for (const keepDims of [false, true]) {
        const [sum, mean] = numbersOf(() => {
          const both = [tf.sum, tf.mean].map((f) => f(tf.tensor(x, shape), axes, keepDims) as Tensor);
          const rest = shape.flatMap((n, axis) => axes.includes(axis) ? keepDims ? [1] : [] : [n]);
          for (const { shape } of both) assertEquals(shape, rest, `${axes}`);
          return both;
        });
        assertClose(sum, expected);
        assertClose(mean, expected.map((total) => total / count));
      }
    }
  });
}

Deno.test("sums of integers and of truth values are integers, their means are not", () => {
  const found = tf.tidy(() => {
    const whole = tf.tensor1d([1, 2, 4], "int32"), truth = tf.tensor1d([true, true, false], "bool");
    const results = [
      tf.sum(whole),
      tf.mean(whole),
      tf.sum(truth),
      runKernel("Mean", { x: truth }, { axis: 0 })[0],
    ];
    return results.map((x) => [x.dtype, x.dataSync()[0]]);
  });
  assertEquals(found, [["int32", 7], ["float32", Math.fround(7 / 3)], ["int32", 2], [
    "float32",
    Math.fround(2 / 3),
  ]]);
});

Deno.test("a sum of an empty axis is 0, of a number the number", () => {
  const [empty, one] = numbersOf(() => [tf.sum(tf.zeros([2, 0]), 1), tf.sum(tf.scalar(3))]);
  assertEquals([[...empty], [...one]], [[0, 0], [3]]);
});

Deno.test("sums and means of millions of numbers are right to float32's rounding, over any axis", () => {
  const rows = 2 ** 20, columns = 4;
  const [all, down, across] = numbersOf(() => {
    const x = tf.fill([rows, columns], 0.7);
    return [tf.sum(x), tf.mean(x, 0), tf.mean(tf.reshape(x, [2, -1]), 1)];
  });
  assertClose([all[0] / rows / columns, ...down, ...across], Array(7).fill(0.7), 1e-7);
});

eachEngine("gradients of four million numbers are clipped to the norm that is asked for", () => {
  const [clipped] = numbersOf(() => {
    const optimizer = {
      moments: [],
      scalars: () => ({}),
      update: (_: Tensor, __: unknown, g: Tensor) => [g],
    };
    const parts = { optimizer, treatments: new Map(), waits: new Map(), clipNorm: 1e-3 };
    const gradient = tf.fill([2 ** 22], 0.7);
    return [updated(parts, { weight: gradient }, { weight: gradient }, {}).weight];
  });
  const norm = Math.sqrt(clipped.reduce((sum, x) => sum + x * x, 0));
  assertClose([norm / 1e-3], [1], 2e-6);
});

Deno.test("sums of segments and of a depthwise filter's gradient are right over a hundred thousand rows", () => {
  const rows = 2 ** 17;
  const [segments, filter] = numbersOf(() => {
    const x = tf.fill([rows, 1], 0.7);
    const image = tf.reshape(x, [1, rows, 1, 1]) as never, dy = image;
    const attributes = { strides: 1, pad: "valid", dilations: 1, filterShape: [1, 1, 1, 1] };
    return [
      tf.unsortedSegmentSum(x, tf.zeros([rows], "int32") as never, 1),
      ...runKernel("DepthwiseConv2dNativeBackpropFilter", { x: image, dy }, attributes),
    ];
  });
  assertClose([segments[0] / rows], [0.7], 1e-7);
  assertClose([filter[0] / rows], [0.49], 1e-7);
});

Deno.test("batch normalization of a million rows has their mean and variance", () => {
  const rows = 2 ** 20 + 3;
  const values = Float32Array.from({ length: rows }, (_, i) => 5 + Math.abs(Math.sin(1.1 * i)));
  const mean = values.reduce((sum, x) => sum + x, 0) / rows;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (rows - 1);
  const [, m, v] = numbersOf(() => {
    const inputs = { x: tf.tensor4d(values, [rows, 1, 1, 1]), scale: tf.ones([1]), offset: tf.zeros([1]) };
    return runKernel("BatchNormTraining", inputs, { epsilon: 1e-5 });
  });
  assert(Math.abs(m[0] - mean) < 1e-6 * mean, `mean ${m[0]}, expected ${mean}`);
  assert(Math.abs(v[0] - variance) < 1e-5 * variance, `variance ${v[0]}, expected ${variance}`);
});
