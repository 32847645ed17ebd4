import { type Tensor, tf } from "../tensor.ts";

/** How far a window moves, and how many rows and columns of padding lie on each side. */
export interface Window {
  /** Rows and columns from one window to the next. */
  readonly stride: number;
  /** Rows and columns added on each side. */
  readonly padding: number;
}

const explicit = (padding: number) =>
  [[0, 0], [padding, padding], [padding, padding], [0, 0]] as [
    [number, number],
    [number, number],
    [number, number],
    [number, number],
  ];

/**
 * Two-dimensional convolution (cross-correlation, as in PyTorch) with symmetric zero padding.
 *
 * @param x `[batch, height, width, in]`
 * @param weight `[kernel, kernel, in, out]`
 * @returns `[batch, floor((height + 2 padding - kernel) / stride) + 1, …, out]`
 */
export const convolution = (x: Tensor, weight: Tensor, { stride, padding }: Window): Tensor =>
  tf.conv2d(x as never, weight as never, stride, padding === 0 ? "valid" : explicit(padding));

/**
 * The largest value of each window; padding never wins.
 *
 * @param x `[batch, height, width, channels]`
 */
export const maxPool = (x: Tensor, size: number, { stride, padding }: Window): Tensor =>
  tf.maxPool(x as never, size, stride, padding === 0 ? "valid" : explicit(padding));
