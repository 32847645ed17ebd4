/** First values of parameters, with PyTorch's names and distributions. */
import { sizeOf } from "../src/base/value.ts";
import type { Init } from "../src/dsl/node.ts";

const filled = (value: number): Init => (shape) => new Float32Array(sizeOf(shape)).fill(value);

/** All 0. */
export const zeros: Init = filled(0);

/** All 1. */
export const ones: Init = filled(1);

/** Uniform in [-bound, bound). */
export const uniform = (bound: number): Init => (shape, random) => {
  const values = new Float32Array(sizeOf(shape));
  for (let i = 0; i < values.length; i++) values[i] = random.uniform(-bound, bound);
  return values;
};

/** Normal with mean 0. */
export const normal = (deviation: number): Init => (shape, random) => {
  const values = new Float32Array(sizeOf(shape));
  for (let i = 0; i < values.length; i++) values[i] = random.normal(0, deviation);
  return values;
};

/** Another initialisation with one row set to 0, as for the padding row of an embedding. */
export const withZeroRow = (init: Init, row: number): Init => (shape, random) => {
  const values = init(shape, random);
  const width = sizeOf(shape.slice(1));
  return values.fill(0, row * width, (row + 1) * width);
};

/** PyTorch's default of linear layers and convolutions, kaiming uniform with a = √5: bound 1 / √fanIn. */
export const kaimingUniform = (fanIn: number): Init => uniform(1 / Math.sqrt(fanIn));

/** Kaiming normal of what leads into ReLU (He et al. 2015): deviation √(2 / fan). */
export const kaimingNormal = (fan: number): Init => normal(Math.sqrt(2 / fan));

/** Uniform with bound √(6 / (fanIn + fanOut)) (Glorot and Bengio 2010). */
export const xavierUniform = (fanIn: number, fanOut: number): Init =>
  uniform(Math.sqrt(6 / (fanIn + fanOut)));
