/** Convolution and max pooling with explicit padding, and their gradients. Images are `[batch, height, width, channels]`. */
import type { backend_util, KernelConfig, TensorInfo } from "@tensorflow/tfjs";
import { type Attribute, attribute } from "../attributes.ts";
import { tf } from "../tfjs.ts";
import { intVector, kernel, T } from "./kernel.ts";

type Info = backend_util.Conv2DInfo;
type Pad = Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
type Pair = [number, number] | number;
type Shape4 = [number, number, number, number];

/** The padding TensorFlow calls SAME for one axis: as little as gives ceil(size / stride) outputs, more at the end. */
function same(size: number, kernelSize: number, stride: number): [number, number] {
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + kernelSize - size, 0);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** Strides, dilations and padding. Explicit padding that equals SAME is called so: that is the path oneDNN takes. */
function geometry(info: Info, kernelHeight: number, kernelWidth: number): Attribute[] {
  const { top, bottom, left, right } = info.padInfo;
  const rows = same(info.inHeight, kernelHeight, info.strideHeight);
  const columns = same(info.inWidth, kernelWidth, info.strideWidth);
  const isSame = rows[0] === top && rows[1] === bottom && columns[0] === left && columns[1] === right;
  const padding = top + bottom + left + right === 0 ? "VALID" : isSame ? "SAME" : "EXPLICIT";
  return [
    attribute.ints("strides", [1, info.strideHeight, info.strideWidth, 1]),
    attribute.string("data_format", "NHWC"),
    attribute.string("padding", padding),
    ...(padding === "EXPLICIT"
      ? [attribute.ints("explicit_paddings", [0, 0, top, bottom, left, right, 0, 0])]
      : []),
  ];
}

const convolution = (
  input: TensorInfo | Shape4,
  filter: readonly number[],
  attrs: ConvAttributes,
): Attribute[] => {
  const shape = Array.isArray(input) ? input : input.shape as Shape4;
  const { strides, pad, dilations = 1 } = attrs;
  const info = tf.backend_util.computeConv2DInfo(shape, filter as Shape4, strides, dilations, pad);
  return [
    attribute.type("T", 1),
    ...geometry(info, info.effectiveFilterHeight, info.effectiveFilterWidth),
    attribute.ints("dilations", [1, info.dilationHeight, info.dilationWidth, 1]),
  ];
};

interface ConvAttributes {
  readonly strides: Pair;
  readonly pad: Pad;
  readonly dilations?: Pair;
}

interface PoolAttributes {
  readonly filterSize: Pair;
  readonly strides: Pair;
  readonly pad: Pad;
}

const pooling = (x: TensorInfo, { filterSize, strides, pad }: PoolAttributes): Attribute[] => {
  const info = tf.backend_util.computePool2DInfo(x.shape as Shape4, filterSize, strides, 1, pad);
  return [
    T(x),
    attribute.ints("ksize", [1, info.filterHeight, info.filterWidth, 1]),
    ...geometry(info, info.effectiveFilterHeight, info.effectiveFilterWidth),
  ];
};

/** Replacements of tfjs-node's kernels, which know SAME and VALID only. */
export const convolutionKernels: readonly KernelConfig[] = [
  kernel<{ x: TensorInfo; filter: TensorInfo }, ConvAttributes>(
    "Conv2D",
    (backend, { x, filter }, attrs) =>
      backend.executeSingleOutput("Conv2D", convolution(x, filter.shape, attrs), [x, filter]),
  ),
  kernel<{ dy: TensorInfo; filter: TensorInfo }, ConvAttributes & { inputShape: Shape4 }>(
    "Conv2DBackpropInput",
    (backend, { dy, filter }, attrs) =>
      backend.executeSingleOutput(
        "Conv2DBackpropInput",
        convolution(attrs.inputShape, filter.shape, attrs),
        [intVector(attrs.inputShape), filter, dy],
      ),
  ),
  kernel<{ x: TensorInfo; dy: TensorInfo }, ConvAttributes & { filterShape: Shape4 }>(
    "Conv2DBackpropFilter",
    (backend, { x, dy }, attrs) =>
      backend.executeSingleOutput(
        "Conv2DBackpropFilter",
        convolution(x, attrs.filterShape, attrs),
        [x, intVector(attrs.filterShape), dy],
      ),
  ),
  kernel<{ x: TensorInfo }, PoolAttributes>(
    "MaxPool",
    (backend, { x }, attrs) => backend.executeSingleOutput("MaxPool", pooling(x, attrs), [x]),
  ),
  kernel<{ dy: TensorInfo; input: TensorInfo; output: TensorInfo }, PoolAttributes>(
    "MaxPoolGrad",
    (backend, { dy, input, output }, attrs) =>
      backend.executeSingleOutput("MaxPoolGrad", pooling(input, attrs), [input, output, dy]),
  ),
];
