/** Operations on tensors: values and gradients, at their kinks and far from 0 too. */
import { float32, type Value } from "../../../src/base/value.ts";
import {
  elu,
  gelu,
  leakyRelu,
  relu,
  relu6,
  sigmoid,
  silu,
  softplus,
  tanh,
} from "../../../src/ops/activation.ts";
import { attention } from "../../../src/ops/attention.ts";
import { batchNorm } from "../../../src/ops/batch_norm.ts";
import { cosine } from "../../../src/ops/cosine.ts";
import { largest } from "../../../src/ops/largest.ts";
import { segmentSoftmax, segmentSum } from "../../../src/ops/segment.ts";
import { smooth } from "../../../src/ops/smooth.ts";
import type { Tensor, Tensors } from "../../../src/tensor.ts";
import type { Area, Generator, Question } from "../area.ts";
import type { Draw } from "../draw.ts";
import { passedThrough } from "../passed.ts";

const activations = { elu, gelu, relu, relu6, sigmoid, silu, softplus, tanh };

/** Where a function bends or leaves float32's range. */
const kinks = [0, -0, 6, -6, 1e-6, -1e-6, 5.54, -5.54, 20, -20, 88, -88, 104, -104, 1e4, -1e4, 1e30, -1e30];

const vector = (draw: Draw): Value => {
  if (draw.chance(0.2)) return float32([kinks.length], kinks);
  return draw.numbers([draw.int(1, 40), draw.int(1, 5)], draw.pick(1e-4, 0.1, 1, 5, 30, 100, 1e4));
};

/** Numbers of which some are equal. */
const tied = (draw: Draw, shape: readonly number[]): Value => {
  const x = draw.numbers(shape, 2);
  return draw.chance(0.5) ? x : float32(shape, x.data.map((value) => Math.round(value)) as Float32Array);
};

const segments = (draw: Draw) => {
  const rows = draw.int(1, 20), count = draw.int(1, 6);
  const x = draw.numbers([rows, draw.int(1, 4)], draw.pick(1, 30, 1e3, 1e4));
  return { settings: { count }, inputs: { x, segments: draw.ids([rows], count) } };
};

const kinds: Readonly<Record<string, Generator>> = {
  ...Object.fromEntries(
    Object.keys(activations).map((name) => [name, (draw: Draw) => ({ inputs: { x: vector(draw) } })]),
  ),
  leakyRelu: (draw) => ({ settings: { slope: draw.uniform(0, 1) }, inputs: { x: vector(draw) } }),
  attention: (draw) => {
    const heads = draw.int(1, 5), features = heads * draw.int(1, 7);
    const [batch, queries, keys] = [draw.int(1, 4), draw.int(1, 8), draw.int(1, 8)];
    const scale = draw.pick(0.3, 1, 5, 30), masked = draw.pick(0, 0.5, 1);
    return {
      settings: { heads },
      inputs: {
        query: draw.numbers([batch, queries, features], scale),
        key: draw.numbers([batch, keys, features], scale),
        value: draw.numbers([batch, keys, features], 1),
        ...masked > 0 && { mask: draw.bits([batch, keys], masked) },
      },
    };
  },
  segmentSoftmax: segments,
  segmentSum: segments,
  largest: (draw) => ({ inputs: { x: tied(draw, [...draw.shape(2, 5), draw.int(1, 6)]) } }),
  cosine: (draw) => {
    const shape = [draw.int(1, 6), draw.int(1, 10)], scale = draw.pick(1, 1e-6, 1e-10, 0, 1e6);
    return { inputs: { a: draw.numbers(shape, scale), b: draw.numbers(shape) } };
  },
  batchNorm: (draw) => {
    const shape = [...draw.shape(draw.int(1, 3), 5), draw.int(1, 6)], channels = shape.slice(-1);
    const variance = draw.numbers(channels).data.map((x) => Math.abs(x) + 0.01) as Float32Array;
    return {
      settings: { epsilon: 10 ** draw.uniform(-8, -2) },
      inputs: {
        ...{ x: draw.numbers(shape), scale: draw.numbers(channels), offset: draw.numbers(channels) },
        ...{ mean: draw.numbers(channels), variance: float32(channels, variance) },
      },
    };
  },
  smooth: (draw) => ({
    settings: { epsilon: draw.pick(0, 0.1, draw.uniform(0, 1)) },
    inputs: { x: draw.numbers(draw.shape(2, 6), 1) },
  }),
};

/** The operation that a question is about. */
function run({ kind, settings }: Question): (inputs: Tensors) => Tensor {
  const { slope, heads, count, epsilon } = settings as Record<string, number>;
  switch (kind) {
    case "leakyRelu":
      return ({ x }) => leakyRelu(x, slope);
    case "attention":
      return ({ query, key, value, mask }) => attention(query, key, value, heads, mask && { mask });
    case "segmentSoftmax":
      return ({ x, segments }) => segmentSoftmax(x, segments, count);
    case "segmentSum":
      return ({ x, segments }) => segmentSum(x, segments, count);
    case "largest":
      return ({ x }) => largest(x);
    case "cosine":
      return ({ a, b }) => cosine(a, b);
    case "batchNorm":
      return ({ x, scale, offset, mean, variance }) => batchNorm(x, scale, offset, mean, variance, epsilon);
    case "smooth":
      return ({ x }) => smooth(x, epsilon);
    default:
      return ({ x }) => activations[kind as keyof typeof activations](x);
  }
}

/** Operations. */
export const ops: Area = {
  name: "ops",
  against: "PyTorch in float64",
  packages: ["torch"],
  isComputed: true,
  limit: 1e-4,
  kinds,
  answer: (question, engine) => {
    const floats = Object.entries(question.inputs).filter(([, { dtype }]) => dtype === "float32");
    return passedThrough(engine!, run(question), question.inputs, floats.map(([name]) => name));
  },
};
