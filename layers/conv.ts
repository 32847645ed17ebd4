import { convolution, depthwiseConvolution, type Padding } from "../src/ops/convolution.ts";
import { type Tensor, tf } from "../src/tensor.ts";
import type { Init, Layer, Node, Param, Scope, Shape } from "../src/dsl/node.ts";
import { imageShape } from "../src/dsl/shape.ts";
import { kaimingUniform } from "./init.ts";
import { windowed } from "./window.ts";

/** Settings of {@link conv2d} and {@link depthwiseConv2d}. */
export interface Conv2dOptions {
  /** Pixels from one window to the next; 1 unless given. */
  readonly stride?: number;
  /** Rows and columns of zeros on each side, or TensorFlow's `same`; 0 unless given. */
  readonly padding?: Padding;
  /** First values of the kernel; PyTorch's default unless given. */
  readonly init?: Init;
  /** First values of a bias; none is added unless given. */
  readonly bias?: Init;
}

/** The node of a convolution that adds a bias where one is declared. */
function convolved(
  x: Node,
  at: Scope,
  shape: Shape,
  weight: Param,
  bias: Init | undefined,
  run: (x: Tensor, weight: Tensor) => Tensor,
): Node {
  const params = bias === undefined ? [] : [at.weight("bias", [weight.shape[0]], bias)];
  return at.node([x], [weight, ...params], shape, ([x], [weight, bias]) => {
    const y = run(x, weight);
    return bias === undefined ? y : tf.add(y, bias);
  });
}

/**
 * Two-dimensional convolution. `[batch, height, width, in] -> [batch, height', width', out]` with
 * height' = floor((height + 2 padding - kernel) / stride) + 1.
 *
 * Parameters: `weight` `[out, in, kernel, kernel]`; `bias` `[out]` where it is given.
 */
export const conv2d =
  (out: number, kernel: number, { stride = 1, padding = 0, init, bias }: Conv2dOptions = {}): Layer =>
  (x, at) => {
    const [batch, height, width, channels] = windowed(x, at, kernel, { stride, padding });
    const first = init ?? kaimingUniform(channels * kernel * kernel);
    const weight = at.weight("weight", [out, channels, kernel, kernel], first, "oihw");
    return convolved(
      x,
      at,
      [batch, height, width, out],
      weight,
      bias,
      (x, weight) => convolution(x, weight, { stride, padding }),
    );
  };

/**
 * Convolution of each channel with a kernel of its own, PyTorch's `groups` = channels.
 * `[batch, height, width, channels] -> [batch, height', width', channels]`, sizes as {@link conv2d}'s.
 *
 * Parameters: `weight` `[channels, 1, kernel, kernel]`; `bias` `[channels]` where it is given.
 */
export const depthwiseConv2d =
  (kernel: number, { stride = 1, padding = 0, init, bias }: Conv2dOptions = {}): Layer => (x, at) => {
    const shape = windowed(x, at, kernel, { stride, padding });
    const [, , , channels] = imageShape(x, at);
    const first = init ?? kaimingUniform(kernel * kernel);
    const weight = at.weight("weight", [channels, 1, kernel, kernel], first, "oihw");
    return convolved(
      x,
      at,
      shape,
      weight,
      bias,
      (x, weight) => depthwiseConvolution(x, weight, { stride, padding }),
    );
  };
