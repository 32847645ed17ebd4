import type { Tensor4D } from "@tensorflow/tfjs";
import { sizeOf } from "../../../src/base/value.ts";
import { portable } from "../../../src/engine/portable.ts";
import { tf } from "../../../src/engine/tfjs.ts";
import { assertClose, numbers, numbersOf } from "./support.ts";

await portable();

const tensor4 = (data: Float32Array, shape: readonly number[]) =>
  tf.tensor4d(data, shape as Tensor4D["shape"]);

interface Case {
  readonly input: readonly [batch: number, height: number, width: number, channels: number];
  readonly filter: readonly [height: number, width: number];
  readonly out: number;
  readonly strides: readonly [number, number];
  /** top, bottom, left, right */
  readonly pad: readonly [number, number, number, number];
}

const cases: Readonly<Record<string, Case>> = {
  "3x3": { input: [2, 6, 5, 3], filter: [3, 3], out: 4, strides: [1, 1], pad: [1, 1, 1, 1] },
  "3x3, no padding": { input: [2, 6, 5, 3], filter: [3, 3], out: 4, strides: [1, 1], pad: [0, 0, 0, 0] },
  "3x3 stride 2, even size": {
    input: [2, 8, 6, 3],
    filter: [3, 3],
    out: 4,
    strides: [2, 2],
    pad: [1, 1, 1, 1],
  },
  "3x3 stride 2, odd size": {
    input: [2, 7, 9, 3],
    filter: [3, 3],
    out: 4,
    strides: [2, 2],
    pad: [1, 1, 1, 1],
  },
  "3x3 stride 2, uneven padding": {
    input: [2, 8, 7, 3],
    filter: [3, 3],
    out: 4,
    strides: [2, 2],
    pad: [0, 1, 1, 2],
  },
  "7x7 stride 2": { input: [1, 12, 11, 3], filter: [7, 7], out: 2, strides: [2, 2], pad: [3, 3, 3, 3] },
  "1x1": { input: [3, 4, 5, 6], filter: [1, 1], out: 2, strides: [1, 1], pad: [0, 0, 0, 0] },
  "1x1 stride 2": { input: [2, 6, 5, 3], filter: [1, 1], out: 4, strides: [2, 2], pad: [0, 0, 0, 0] },
  "2x2 stride 2": { input: [2, 6, 7, 3], filter: [2, 2], out: 4, strides: [2, 2], pad: [0, 0, 0, 0] },
  "5x2 stride 3 by 1": { input: [2, 11, 5, 2], filter: [5, 2], out: 3, strides: [3, 1], pad: [2, 2, 0, 1] },
  "padding wider than the filter": {
    input: [2, 4, 4, 2],
    filter: [2, 2],
    out: 3,
    strides: [2, 2],
    pad: [3, 2, 2, 3],
  },
};

/** y, and the gradients of sum(y dy), one product after the other. */
function reference({ input, filter, out, strides, pad }: Case, x: Float32Array, w: Float32Array) {
  const [n, height, width, channels] = input;
  const outHeight = Math.floor((height + pad[0] + pad[1] - filter[0]) / strides[0]) + 1;
  const outWidth = Math.floor((width + pad[2] + pad[3] - filter[1]) / strides[1]) + 1;
  const shape = [n, outHeight, outWidth, out];
  const dy = numbers("dy", shape);
  const y = new Float64Array(dy.length);
  const dx = new Float64Array(x.length);
  const dw = new Float64Array(w.length);
  for (let at = 0; at < y.length; at++) {
    const o = at % out;
    const j = Math.floor(at / out) % outWidth;
    const i = Math.floor(at / out / outWidth) % outHeight;
    const image = Math.floor(at / out / outWidth / outHeight);
    for (let a = 0; a < filter[0]; a++) {
      for (let b = 0; b < filter[1]; b++) {
        const row = i * strides[0] + a - pad[0];
        const column = j * strides[1] + b - pad[2];
        if (row < 0 || row >= height || column < 0 || column >= width) continue;
        for (let c = 0; c < channels; c++) {
          const from = ((image * height + row) * width + column) * channels + c;
          const by = ((a * filter[1] + b) * channels + c) * out + o;
          y[at] += x[from] * w[by];
          dx[from] += dy[at] * w[by];
          dw[by] += dy[at] * x[from];
        }
      }
    }
  }
  return { shape, y, dy, dx, dw };
}

for (const [name, given] of Object.entries(cases)) {
  Deno.test(`convolution ${name}: output and both gradients equal the sums`, () => {
    const { input, filter, out, strides, pad: [top, bottom, left, right] } = given;
    const filterShape = [...filter, input[3], out];
    const [x, w] = [numbers("x", input), numbers("w", filterShape)];
    const expected = reference(given, x, w);
    const convolve = (x: Tensor4D, w: Tensor4D) =>
      tf.conv2d(x, w, [...strides], [[0, 0], [top, bottom], [left, right], [0, 0]]);
    const [y, dx, dw] = numbersOf(() => {
      const [image, weights] = [tensor4(x, input), tensor4(w, filterShape)];
      const dy = tf.tensor(expected.dy, expected.shape);
      const gradients = tf.grads((x, w) => tf.sum(tf.mul(convolve(x as Tensor4D, w as Tensor4D), dy)));
      return [convolve(image, weights), ...gradients([image, weights])];
    });
    assertClose(y, expected.y);
    assertClose(dx, expected.dx);
    assertClose(dw, expected.dw);
  });
}

Deno.test("convolution with SAME padding and stride 2 has the gradient of its uneven padding", () => {
  const given: Case = { input: [2, 8, 8, 3], filter: [3, 3], out: 4, strides: [2, 2], pad: [0, 1, 0, 1] };
  const filterShape = [3, 3, 3, 4];
  const [x, w] = [numbers("x", given.input), numbers("w", filterShape)];
  const expected = reference(given, x, w);
  const [dx, dw] = numbersOf(() => {
    const dy = tf.tensor(expected.dy, expected.shape);
    const gradients = tf.grads((x, w) =>
      tf.sum(tf.mul(tf.conv2d(x as Tensor4D, w as Tensor4D, 2, "same"), dy))
    );
    return gradients([tensor4(x, given.input), tensor4(w, filterShape)]);
  });
  assertClose(dx, expected.dx);
  assertClose(dw, expected.dw);
});

for (const [strides, multiplier] of [[1, 1], [2, 1], [1, 3], [2, 2]]) {
  Deno.test(`depthwise convolution of stride ${strides}, ${multiplier} filters a channel, is a sparse convolution`, () => {
    const channels = 3;
    const [input, filterShape] = [[2, 7, 6, channels], [3, 3, channels, multiplier]];
    const [x, w] = [numbers("x", input), numbers("w", filterShape)];
    // The same as a plain convolution whose filter is 0 between different channels.
    const wholeShape = [3, 3, channels, channels * multiplier];
    const positions = Array.from({ length: sizeOf(filterShape) }, (_, i) => {
      const tap = Math.floor(i / multiplier); // over height, width and channels
      return (tap * channels + tap % channels) * multiplier + i % multiplier;
    });
    const whole = new Float32Array(sizeOf(wholeShape));
    positions.forEach((to, i) => whole[to] = w[i]);
    const given: Case = {
      input: [2, 7, 6, channels],
      filter: [3, 3],
      out: channels * multiplier,
      strides: [strides, strides],
      pad: [1, 1, 1, 1],
    };
    const expected = reference(given, x, whole);
    const convolve = (x: Tensor4D, w: Tensor4D) =>
      tf.depthwiseConv2d(x, w, strides, [[0, 0], [1, 1], [1, 1], [0, 0]]);
    const [y, dx, dw] = numbersOf(() => {
      const [image, weights] = [tensor4(x, input), tensor4(w, filterShape)];
      const dy = tf.tensor(expected.dy, expected.shape);
      const gradients = tf.grads((x, w) => tf.sum(tf.mul(convolve(x as Tensor4D, w as Tensor4D), dy)));
      return [convolve(image, weights), ...gradients([image, weights])];
    });
    assertClose(y, expected.y);
    assertClose(dx, expected.dx);
    assertClose(dw, positions.map((from) => expected.dw[from]));
  });
}
