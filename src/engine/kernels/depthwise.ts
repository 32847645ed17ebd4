/**
 * Depthwise convolution with any padding, and its gradients. Images are `[batch, height, width, channels]`, filters
 * `[height, width, channels, multiplier]`.
 */
import type { backend_util, KernelConfig, Tensor4D, TensorInfo } from "@tensorflow/tfjs";
import { type Attribute, attribute } from "../attributes.ts";
import { DT } from "../dtype.ts";
import { tf } from "../tfjs.ts";
import { geometry, paddingOf } from "./convolution.ts";
import { intVector, kernel } from "./kernel.ts";

type Pair = [number, number] | number;
type Shape4 = [number, number, number, number];

interface Attributes {
  readonly strides: Pair;
  readonly pad: Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
  readonly dilations?: Pair;
}

const infoOf = (
  input: readonly number[],
  filter: readonly number[],
  { strides, pad, dilations = 1 }: Attributes,
): backend_util.Conv2DInfo => {
  const shapes = [input, filter] as [Shape4, Shape4];
  return tf.backend_util.computeConv2DInfo(...shapes, strides, dilations, pad, undefined, true);
};

/** What a convolution is that TensorFlow can be asked for: SAME or VALID, on an image with what else is to be padded. */
interface Asked {
  readonly attributes: readonly Attribute[];
  /** The image's shape with that padding. */
  readonly shape: Shape4;
  /** Rows above and columns on the left of that padding. */
  readonly begin: Shape4;
  pad(x: TensorInfo): TensorInfo;
}

/** Explicit padding is made part of the image: libtensorflow 2.21 aborts the process on a traced EXPLICIT. */
function asked(input: Shape4, filter: readonly number[], attributes: Attributes): Asked {
  const info = infoOf(input, filter, attributes);
  const explicit = paddingOf(info) === "EXPLICIT";
  const { top, bottom, left, right } = explicit ? info.padInfo : { top: 0, bottom: 0, left: 0, right: 0 };
  const [batch, height, width, channels] = input;
  const shape: Shape4 = [batch, height + top + bottom, width + left + right, channels];
  return {
    attributes: [
      attribute.type("T", DT.FLOAT),
      ...geometry(explicit ? infoOf(shape, filter, { ...attributes, pad: "valid" }) : info),
      attribute.ints("dilations", [1, info.dilationHeight, info.dilationWidth, 1]),
    ],
    shape,
    begin: [0, top, left, 0],
    pad: (x) => explicit ? tf.pad(x as Tensor4D, [[0, 0], [top, bottom], [left, right], [0, 0]]) : x,
  };
}

/** Replacements of tfjs-node's kernels, whose gradients know SAME and VALID only. */
export const depthwiseKernels: readonly KernelConfig[] = [
  kernel<{ x: TensorInfo; filter: TensorInfo }, Attributes>(
    "DepthwiseConv2dNative",
    (backend, { x, filter }, given) => {
      const { attributes, pad } = asked(x.shape as Shape4, filter.shape, given);
      return backend.executeSingleOutput("DepthwiseConv2dNative", attributes, [pad(x), filter]);
    },
  ),
  kernel<{ dy: TensorInfo; filter: TensorInfo }, Attributes & { inputShape: Shape4 }>(
    "DepthwiseConv2dNativeBackpropInput",
    (backend, { dy, filter }, given) => {
      const { inputShape } = given;
      const { attributes, shape, begin } = asked(inputShape, filter.shape, given);
      const name = "DepthwiseConv2dNativeBackpropInput";
      const dx = backend.executeSingleOutput(name, attributes, [intVector(shape), filter, dy]);
      return `${shape}` === `${inputShape}` ? dx : tf.slice(dx, begin, inputShape);
    },
  ),
  kernel<{ x: TensorInfo; dy: TensorInfo }, Attributes & { filterShape: Shape4 }>(
    "DepthwiseConv2dNativeBackpropFilter",
    (backend, { x, dy }, given) => {
      const { filterShape } = given;
      const { attributes, pad } = asked(x.shape as Shape4, filterShape, given);
      const name = "DepthwiseConv2dNativeBackpropFilter";
      return backend.executeSingleOutput(name, attributes, [pad(x), intVector(filterShape), dy]);
    },
  ),
];
