import type { Tensor4D } from "@tensorflow/tfjs";
import { portable } from "../../../src/engine/portable.ts";
import { tf } from "../../../src/engine/tfjs.ts";
import { assertClose, numbers, numbersOf } from "./support.ts";

await portable();

const [n, height, width, channels] = [2, 8, 7, 3];

interface Window {
  readonly size: number;
  readonly stride: number;
  readonly pad: number;
}

const outSize = (size: number, { size: window, stride, pad }: Window) =>
  Math.floor((size + 2 * pad - window) / stride) + 1;

/** Positions in x of every window, in the order of the output. */
function windows(window: Window): number[][] {
  const found: number[][] = [];
  for (let image = 0; image < n; image++) {
    for (let i = 0; i < outSize(height, window); i++) {
      for (let j = 0; j < outSize(width, window); j++) {
        for (let c = 0; c < channels; c++) {
          const positions: number[] = [];
          for (let a = 0; a < window.size; a++) {
            for (let b = 0; b < window.size; b++) {
              const [row, column] = [i * window.stride + a - window.pad, j * window.stride + b - window.pad];
              if (row < 0 || row >= height || column < 0 || column >= width) continue;
              positions.push(((image * height + row) * width + column) * channels + c);
            }
          }
          found.push(positions);
        }
      }
    }
  }
  return found;
}

/** Output and gradient on the engine, and the gradient of the output they were asked with. */
function pooled(pool: typeof tf.maxPool, data: Float32Array, window: Window) {
  const shape = [n, outSize(height, window), outSize(width, window), channels];
  const dy = numbers("dy", shape);
  const around: [number, number] = [window.pad, window.pad];
  const [y, dx] = numbersOf(() => {
    const x = tf.tensor4d(data, [n, height, width, channels]);
    const apply = (x: Tensor4D) => pool(x, window.size, window.stride, [[0, 0], around, around, [0, 0]]);
    return [apply(x), tf.grad((x) => tf.sum(tf.mul(apply(x as Tensor4D), tf.tensor(dy, shape))))(x)];
  });
  return { y, dx, dy };
}

const inputs = {
  "of both signs": numbers("x", [n, height, width, channels]),
  "all negative": numbers("x", [n, height, width, channels], -2, -1),
};

for (
  const window of [{ size: 2, stride: 2, pad: 0 }, { size: 3, stride: 2, pad: 1 }, {
    size: 3,
    stride: 1,
    pad: 1,
  }]
) {
  for (const [kind, x] of Object.entries(inputs)) {
    Deno.test(`max pooling ${JSON.stringify(window)} of numbers ${kind} sends each gradient to its maximum`, () => {
      const { y, dx, dy } = pooled(tf.maxPool, x, window);
      const expected = { y: new Float64Array(y.length), dx: new Float64Array(dx.length) };
      windows(window).forEach((positions, at) => {
        const largest = positions.reduce((a, b) => x[b] > x[a] ? b : a);
        expected.y[at] = x[largest];
        expected.dx[largest] += dy[at];
      });
      assertClose(y, expected.y);
      assertClose(dx, expected.dx);
    });
  }
}

Deno.test("max pooling of equal numbers sends the gradient to the first, as PyTorch does", () => {
  const window = { size: 2, stride: 2, pad: 0 };
  const { dx, dy } = pooled(tf.maxPool, new Float32Array(n * height * width * channels), window);
  const expected = new Float64Array(dx.length);
  windows(window).forEach(([first], at) => expected[first] += dy[at]);
  assertClose(dx, expected);
});

Deno.test("average pooling spreads each gradient evenly", () => {
  const window = { size: 2, stride: 2, pad: 0 };
  const x = inputs["of both signs"];
  const { y, dx, dy } = pooled(tf.avgPool, x, window);
  const expected = { y: new Float64Array(y.length), dx: new Float64Array(dx.length) };
  windows(window).forEach((positions, at) => {
    for (const position of positions) {
      expected.y[at] += x[position] / positions.length;
      expected.dx[position] += dy[at] / positions.length;
    }
  });
  assertClose(y, expected.y);
  assertClose(dx, expected.dx);
});
