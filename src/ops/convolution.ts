import { OnesheetError } from "../base/errors.ts";
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

/** Windows along an axis: floor((length + 2 padding - size) / stride) + 1, or ceil(length / stride). */
export const windowsAlong = (length: number, size: number, { stride, padding }: Window): number =>
  padding === "same" ? Math.ceil(length / stride) : Math.floor((length + 2 * padding - size) / stride) + 1;

const isWhole = (value: unknown, least: number): boolean =>
  Number.isInteger(value) && value as number >= least;

/** Why no windows can be moved over an image of `[height, width]`; undefined where they can. */
export function windowFault(
  image: readonly number[],
  sizes: readonly number[],
  window: Window,
): string | undefined {
  const { stride, padding } = window;
  const size = sizes.find((size) => !isWhole(size, 1));
  if (size !== undefined) return `expected a window of at least 1 x 1, found the size ${size}`;
  if (!isWhole(stride, 1)) return `expected a stride of at least 1, a whole number, found ${stride}`;
  if (padding !== "same" && !isWhole(padding, 0)) {
    return `expected a padding of at least 0, a whole number, or "same", found ${padding}`;
  }
  if (image.every((length, axis) => windowsAlong(length, sizes[axis], window) >= 1)) return undefined;
  const least = sizes.map((size) => padding === "same" ? 1 : Math.max(1, size - 2 * padding));
  return `expected an image of at least ${least.join(" x ")}, found ${image.join(" x ")}`;
}

/** The same of pooling, in which every window must touch the image. */
export const poolFault = (
  image: readonly number[],
  size: number,
  window: Window,
): string | undefined =>
  windowFault(image, [size, size], window) ??
    (window.padding !== "same" && window.padding >= size
      ? `expected a padding below the window's size of ${size}, found ${window.padding}`
      : undefined);

/** Throws where there is a fault. */
function demand(what: string, fault: string | undefined): void {
  if (fault !== undefined) throw new OnesheetError(`Cannot ${what}: ${fault}`);
}

/** The padding of x in numbers, `same` included: with that name the portable engine knows no stride above the size. */
function around(x: Tensor, sizes: Pair, { stride, padding }: Window): "valid" | [Pair, Pair, Pair, Pair] {
  const shape = x.shape as [number, number, number, number];
  const { top, bottom, left, right } = padding === "same"
    ? tf.backend_util.computePool2DInfo(shape, sizes, stride, 1, "same").padInfo
    : { top: padding, bottom: padding, left: padding, right: padding };
  return top + bottom + left + right === 0 ? "valid" : [[0, 0], [top, bottom], [left, right], [0, 0]];
}

/**
 * Two-dimensional convolution (cross-correlation, as in PyTorch) with zero padding.
 *
 * @param x `[batch, height, width, in]`
 * @param weight `[kernel, kernel, in, out]`
 * @returns `[batch, floor((height + 2 padding - kernel) / stride) + 1, …, out]`
 */
export const convolution = (x: Tensor, weight: Tensor, window: Window): Tensor => {
  const sizes = weight.shape.slice(0, 2) as Pair;
  demand("convolve", windowFault(x.shape.slice(1, 3), sizes, window));
  return tf.conv2d(x as never, weight as never, window.stride, around(x, sizes, window));
};

/**
 * The same with a kernel of its own for each channel, PyTorch's `groups` = channels.
 *
 * @param x `[batch, height, width, channels]`
 * @param weight `[kernel, kernel, 1, channels]`
 */
export const depthwiseConvolution = (x: Tensor, weight: Tensor, window: Window): Tensor => {
  const [height, width, one, channels] = weight.shape;
  demand("convolve", windowFault(x.shape.slice(1, 3), [height, width], window));
  const kernels = tf.reshape(weight, [height, width, channels, one]);
  return tf.depthwiseConv2d(
    x as never,
    kernels as never,
    window.stride,
    around(x, [height, width], window),
  );
};

/**
 * The largest value of each window; padding, which is smaller than the window, never wins.
 *
 * @param x `[batch, height, width, channels]`
 */
export const maxPool = (x: Tensor, size: number, window: Window): Tensor => {
  demand("pool", poolFault(x.shape.slice(1, 3), size, window));
  return tf.maxPool(x as never, size, window.stride, around(x, [size, size], window));
};
