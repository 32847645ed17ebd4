import { type Tensor, tf } from "../tensor.ts";

/**
 * Rows and columns added on each side; or `same`, TensorFlow's: as few as give ceil(size / stride) windows, the odd one
 * at the end.
 */
export type Padding = number | "same";

/** How far a window moves, and the padding of the image. */
export interface Window {
  /** Rows and columns from one window to the next. */
  readonly stride: number;
  /** What is added around the image. */
  readonly padding: Padding;
}

type Pair = [number, number];

const around = (padding: Padding): "same" | "valid" | [Pair, Pair, Pair, Pair] => {
  if (padding === "same") return "same";
  return padding === 0 ? "valid" : [[0, 0], [padding, padding], [padding, padding], [0, 0]];
};

/**
 * Two-dimensional convolution (cross-correlation, as in PyTorch) with zero padding.
 *
 * @param x `[batch, height, width, in]`
 * @param weight `[kernel, kernel, in, out]`
 * @returns `[batch, floor((height + 2 padding - kernel) / stride) + 1, …, out]`
 */
export const convolution = (x: Tensor, weight: Tensor, { stride, padding }: Window): Tensor =>
  tf.conv2d(x as never, weight as never, stride, around(padding));

/**
 * The same with a kernel of its own for each channel, PyTorch's `groups` = channels.
 *
 * @param x `[batch, height, width, channels]`
 * @param weight `[kernel, kernel, 1, channels]`
 */
export const depthwiseConvolution = (x: Tensor, weight: Tensor, { stride, padding }: Window): Tensor => {
  const [height, width, one, channels] = weight.shape;
  const kernels = tf.reshape(weight, [height, width, channels, one]);
  return tf.depthwiseConv2d(x as never, kernels as never, stride, around(padding));
};

/**
 * The largest value of each window; padding never wins.
 *
 * @param x `[batch, height, width, channels]`
 */
export const maxPool = (x: Tensor, size: number, { stride, padding }: Window): Tensor =>
  tf.maxPool(x as never, size, stride, around(padding));
