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

/** What TensorFlow calls a padding. Explicit padding that equals SAME is called so: that is the path oneDNN takes. */
export function paddingOf(info: Info): "VALID" | "SAME" | "EXPLICIT" {
  const { top, bottom, left, right } = info.padInfo;
  const rows = same(info.inHeight, info.effectiveFilterHeight, info.strideHeight);
  const columns = same(info.inWidth, info.effectiveFilterWidth, info.strideWidth);
  const isSame = rows[0] === top && rows[1] === bottom && columns[0] === left && columns[1] === right;
  return top + bottom + left + right === 0 ? "VALID" : isSame ? "SAME" : "EXPLICIT";
}

/** Strides and padding. */
export function geometry(info: Info): Attribute[] {
  const { top, bottom, left, right } = info.padInfo;
  const padding = paddingOf(info);
  return [
    attribute.ints("strides", [1, info.strideHeight, info.strideWidth, 1]),
    attribute.string("data_format", "NHWC"),
    attribute.string("padding", padding),
    ...(padding === "EXPLICIT"
      ? [attribute.ints("explicit_paddings", [0, 0, top, bottom, left, right, 0, 0])]
      : []),
  ];
}

const infoOf = (
  input: Shape4,
  filter: readonly number[],
  { strides, pad, dilations = 1 }: ConvAttributes,
): Info => tf.backend_util.computeConv2DInfo(input, filter as Shape4, strides, dilations, pad);

const convolution = (
  input: TensorInfo | Shape4,
  filter: readonly number[],
  attrs: ConvAttributes,
): Attribute[] => {
  const info = infoOf(Array.isArray(input) ? input : input.shape as Shape4, filter, attrs);
  return [
    attribute.type("T", 1),
    ...geometry(info),
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
    ...geometry(info),
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
    (backend, { dy, filter }, attrs) => {
      const gradient = (shape: Shape4, attrs: ConvAttributes) =>
        backend.executeSingleOutput(
          "Conv2DBackpropInput",
          convolution(shape, filter.shape, attrs),
          [intVector(shape), filter, dy],
        );
      const info = infoOf(attrs.inputShape, filter.shape, attrs);
      if (paddingOf(info) !== "EXPLICIT") return gradient(attrs.inputShape, attrs);
      // oneDNN does not take explicit padding here, and without oneDNN it takes three times as long.
      const { top, bottom, left, right } = info.padInfo;
      const [batch, height, width, channels] = attrs.inputShape;
      const padded: Shape4 = [batch, height + top + bottom, width + left + right, channels];
      return tf.slice(gradient(padded, { ...attrs, pad: "valid" }), [0, top, left, 0], attrs.inputShape);
    },
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
