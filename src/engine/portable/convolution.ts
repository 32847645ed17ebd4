/**
 * The gradients of a convolution, each as one more convolution, because that is what the backend is fast at. The
 * backend has no kernel for the filter's gradient, and its kernel for the input's runs at a tenth of the speed.
 * Images are `[batch, height, width, channels]`, filters `[height, width, in, out]`.
 */
import type { KernelConfig, Tensor, Tensor4D } from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { tf } from "../tfjs.ts";
import { kernel, onHeap } from "./kernel.ts";

type Shape4 = [number, number, number, number];
type Pair = readonly [before: number, after: number];

interface Attributes {
  readonly strides: [number, number] | number;
  readonly pad: Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
}

const infoOf = (input: Shape4, filter: Shape4, { strides, pad }: Attributes) =>
  tf.backend_util.computeConv2DInfo(input, filter, strides, 1, pad);

/** The `[height, width]` pixels from (top, left) on. By whole rows, because the backend copies along the last axis. */
function crop(x: Tensor4D, [top, left]: [number, number], [height, width]: [number, number]): Tensor4D {
  const [n, rows, columns, channels] = x.shape;
  if (height === rows && width === columns) return x;
  const flat = tf.reshape(x, [n, rows, columns * channels]);
  const part = tf.slice(flat, [0, top, left * channels], [n, height, width * channels]);
  return tf.reshape(part, [n, height, width, channels]);
}

/** Convolves with any padding; a negative one cuts rows or columns off. */
function convolve(
  x: Tensor4D,
  filter: Tensor4D,
  rows: Pair,
  columns: Pair,
  dilations: [number, number],
): Tensor4D {
  const cut = (pad: number) => Math.max(0, -pad);
  const fill = ([before, after]: Pair): [number, number] => [Math.max(0, before), Math.max(0, after)];
  const height = x.shape[1] - cut(rows[0]) - cut(rows[1]);
  const width = x.shape[2] - cut(columns[0]) - cut(columns[1]);
  if (height < 1 || width < 1) { // every window lies in the padding
    const [batch] = x.shape, [filterHeight, filterWidth, , out] = filter.shape;
    const along = (length: number, [before, after]: Pair, size: number, dilation: number) =>
      length + before + after - dilation * (size - 1);
    return tf.zeros([
      batch,
      along(x.shape[1], rows, filterHeight, dilations[0]),
      along(x.shape[2], columns, filterWidth, dilations[1]),
      out,
    ]);
  }
  const inner = crop(x, [cut(rows[0]), cut(columns[0])], [height, width]);
  return tf.conv2d(inner, filter, 1, [[0, 0], fill(rows), fill(columns), [0, 0]], "NHWC", dilations);
}

/**
 * The filter's gradient: the input, channels as batch, convolved with the output's gradient, batch as channels; a
 * stride becomes a dilation.
 */
function filterGradient(x: Tensor4D, dy: Tensor4D, filterShape: Shape4, attributes: Attributes): Tensor {
  const info = infoOf(x.shape, filterShape, attributes);
  const { padInfo, strideHeight, strideWidth, outHeight, outWidth } = info;
  const [height, width, inChannels, outChannels] = filterShape;
  if (height * width * strideHeight * strideWidth === 1 && padInfo.type === "VALID") {
    // A matrix product; one an image, since the backend slows down on long sums.
    const pixels = outHeight * outWidth;
    const perImage = tf.matMul(
      tf.reshape(x, [-1, pixels, inChannels]),
      tf.reshape(dy, [-1, pixels, outChannels]),
      true,
    );
    return tf.reshape(tf.sum(perImage, 0), filterShape);
  }
  const bottom = strideHeight * (outHeight - 1) + height - x.shape[1] - padInfo.top;
  const right = strideWidth * (outWidth - 1) + width - x.shape[2] - padInfo.left;
  const gradient = convolve(
    tf.transpose(x, [3, 1, 2, 0]),
    tf.transpose(dy, [1, 2, 0, 3]),
    [padInfo.top, bottom],
    [padInfo.left, right],
    [strideHeight, strideWidth],
  );
  return tf.transpose(gradient, [1, 2, 0, 3]);
}

/**
 * How one axis of the input's gradient is computed. With y + pad = stride q + phase, dx[y] is the sum over m of
 * dy[q - m] w[stride m + phase]: for every phase a plain convolution of dy with each stride-th filter row.
 */
function axis(inSize: number, outSize: number, kernelSize: number, stride: number, padBefore: number) {
  const taps = Math.ceil(kernelSize / stride);
  const first = Math.floor(padBefore / stride);
  const count = Math.ceil((padBefore + inSize) / stride) - first;
  const before = taps - 1 - first;
  return {
    taps,
    /** Rows computed for each phase. */
    count,
    pad: [before, count + taps - 1 - outSize - before] as const,
    /** Rows of padding among those computed. */
    skip: padBefore - stride * first,
  };
}

/** The filter turned by half, in and out exchanged, and each phase a group of output channels; missing taps are 0. */
function turn(
  backend: BackendWasm,
  filter: Tensor4D,
  [tapRows, tapColumns]: Pair,
  [strideRows, strideColumns]: Pair,
) {
  const [height, width, inChannels, outChannels] = filter.shape;
  const groups = strideRows * strideColumns * inChannels;
  const shape = [tapRows, tapColumns, outChannels, groups];
  const { inputs: [w], outputs: [turned] } = onHeap(backend, [filter], [shape]);
  let from = 0;
  for (let a = 0; a < height; a++) {
    for (let b = 0; b < width; b++) {
      const row = tapRows - 1 - Math.floor(a / strideRows);
      const column = tapColumns - 1 - Math.floor(b / strideColumns);
      const phase = (a % strideRows) * strideColumns + b % strideColumns;
      const to = (row * tapColumns + column) * outChannels * groups + phase * inChannels;
      for (let i = 0; i < inChannels; i++) {
        for (let o = 0; o < outChannels; o++) turned.data[to + o * groups + i] = w[from++];
      }
    }
  }
  return tf.engine().makeTensorFromTensorInfo(turned.tensor) as Tensor4D;
}

/**
 * The input's gradient: the output's gradient convolved with the turned filter. All phases of a stride are computed
 * at once, as so many groups of channels, and laid side by side afterwards.
 */
function inputGradient(
  backend: BackendWasm,
  dy: Tensor4D,
  filter: Tensor4D,
  inputShape: Shape4,
  attributes: Attributes,
): Tensor {
  const info = infoOf(inputShape, filter.shape, attributes);
  const { padInfo, strideHeight, strideWidth, outHeight, outWidth } = info;
  const [n, inHeight, inWidth, inChannels] = inputShape;
  const rows = axis(inHeight, outHeight, filter.shape[0], strideHeight, padInfo.top);
  const columns = axis(inWidth, outWidth, filter.shape[1], strideWidth, padInfo.left);
  const turned = turn(backend, filter, [rows.taps, columns.taps], [strideHeight, strideWidth]);
  const gradient = convolve(dy, turned, rows.pad, columns.pad, [1, 1]);
  if (strideHeight * strideWidth === 1) return gradient;
  const interleaved = tf.transpose(
    tf.reshape(gradient, [n * rows.count, columns.count, strideHeight, strideWidth * inChannels]),
    [0, 2, 1, 3],
  );
  const padded = [n, rows.count * strideHeight, columns.count * strideWidth, inChannels] as Shape4;
  return crop(tf.reshape(interleaved, padded), [rows.skip, columns.skip], [inHeight, inWidth]);
}

/** `Conv2DBackpropFilter` and `Conv2DBackpropInput`. */
export const convolutionKernels: readonly KernelConfig[] = [
  kernel<{ x: Tensor4D; dy: Tensor4D }, Attributes & { filterShape: Shape4 }>(
    "Conv2DBackpropFilter",
    ({ x, dy }, attributes) => tf.tidy(() => filterGradient(x, dy, attributes.filterShape, attributes)),
  ),
  kernel<{ dy: Tensor4D; filter: Tensor4D }, Attributes & { inputShape: Shape4 }>(
    "Conv2DBackpropInput",
    ({ dy, filter }, attributes, backend) =>
      tf.tidy(() => inputGradient(backend, dy, filter, attributes.inputShape, attributes)),
  ),
];
