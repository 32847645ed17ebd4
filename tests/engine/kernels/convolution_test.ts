import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import { tf } from "../../../src/engine/tfjs.ts";
import { nativeTest } from "../native.ts";
import { numbers } from "../portable/support.ts";
import { sameAsJavaScript } from "./reference.ts";

type Sides = [[number, number], [number, number], [number, number], [number, number]];
type Pad = "same" | "valid" | Sides;

const sides = (top: number, bottom: number, left: number, right: number): Sides => [
  [0, 0],
  [top, bottom],
  [left, right],
  [0, 0],
];

const image = (seed: string, height: number, width: number, channels: number): Tensor4D =>
  tf.tensor4d(numbers(seed, [2, height, width, channels]), [2, height, width, channels]);

/** The output and the gradients of sum(output * fixed numbers) towards the inputs. */
function withGradients(f: (...inputs: Tensor4D[]) => Tensor, ...inputs: Tensor4D[]): Tensor[] {
  const y = f(...inputs);
  const upstream = tf.tensor(numbers("dy", y.shape), y.shape);
  return [y, ...tf.grads((...x) => f(...x as Tensor4D[]))(inputs, upstream)];
}

const paddings: readonly (readonly [string, Pad])[] = [
  ["SAME", "same"],
  ["VALID", "valid"],
  ["explicit 1", sides(1, 1, 1, 1)],
  ["explicit 0", sides(0, 0, 0, 0)],
  ["explicit like SAME for stride 2 of even sizes", sides(0, 1, 0, 1)],
  ["explicit, left and right only", sides(0, 0, 1, 1)],
  ["explicit and uneven", sides(2, 0, 1, 2)],
];

for (const [name, pad] of paddings) {
  for (const stride of [1, 2, 3]) {
    nativeTest(
      `convolution with ${name} padding and stride ${stride}, and its gradients, are tfjs's`,
      () =>
        sameAsJavaScript(() => {
          const filter = tf.tensor4d(numbers("w", [3, 3, 3, 2]), [3, 3, 3, 2]);
          return withGradients((x, w) => tf.conv2d(x, w, stride, pad), image("x", 8, 7, 3), filter);
        }, 5e-6),
    );

    nativeTest(
      `max pooling with ${name} padding and stride ${stride}, and its gradient, are tfjs's`,
      () =>
        sameAsJavaScript(() => {
          const x = tf.sub(image("x", 8, 7, 3), 2) as Tensor4D; // all below 0: padding must not win
          return withGradients((x) => tf.maxPool(x, 3, stride, pad), x);
        }),
    );
  }
}

nativeTest(
  "convolution with dilation, uneven strides and an uneven kernel, and its gradients, are tfjs's",
  () =>
    sameAsJavaScript(() => {
      const filter = tf.tensor4d(numbers("w", [2, 3, 3, 2]), [2, 3, 3, 2]);
      const dilated = tf.conv2d(image("x", 9, 8, 3), filter, 1, "same", "NHWC", [2, 3]);
      const uneven = withGradients(
        (x, w) => tf.conv2d(x, w, [2, 1], sides(1, 0, 1, 1)),
        image("x", 9, 8, 3),
        filter,
      );
      return [dilated, ...uneven];
    }, 5e-6),
);

nativeTest("a kernel as large as the padded image gives one number a channel", () =>
  sameAsJavaScript(() => {
    const filter = tf.tensor4d(numbers("w", [7, 7, 1, 2]), [7, 7, 1, 2]);
    return withGradients((x, w) => tf.conv2d(x, w, 2, sides(3, 3, 3, 3)), image("x", 1, 1, 1), filter);
  }, 5e-6));
