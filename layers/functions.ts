/** Functions of nodes without parameters: they need no name. */
import {
  elu as eluOf,
  gelu as geluOf,
  leakyRelu as leakyReluOf,
  relu as reluOf,
  relu6 as relu6Of,
  sigmoid as sigmoidOf,
  silu as siluOf,
  tanh as tanhOf,
} from "../src/ops/activation.ts";
import { embedding } from "../src/ops/embedding.ts";
import { type Tensor, tf } from "../src/tensor.ts";
import type { Node, Shape } from "../src/dsl/node.ts";
import { sameShape, ShapeError, showShape } from "../src/dsl/shape.ts";

const named = (nodes: readonly Node[]) =>
  nodes.map((x) => `"${x.path}" ${showShape(x.shape)}`).join(" with ");

/** A node computed from others, keeping the first one's path. */
const derived = (inputs: readonly Node[], shape: Shape, run: (...tensors: Tensor[]) => Tensor): Node => ({
  path: inputs[0].path,
  inputs,
  params: [],
  shape,
  run: (tensors) => run(...tensors),
});

const elementwise = (f: (x: Tensor) => Tensor) => (x: Node): Node => derived([x], x.shape, f);

const pairwise = (what: string, f: (a: Tensor, b: Tensor) => Tensor) => (a: Node, b: Node): Node => {
  if (!sameShape(a.shape, b.shape)) {
    throw new ShapeError(`Cannot ${what} ${named([a, b])}: expected equal shapes`);
  }
  return derived([a, b], a.shape, f);
};

/** max(x, 0). */
export const relu: (x: Node) => Node = elementwise(reluOf);
/** min(max(x, 0), 6). */
export const relu6: (x: Node) => Node = elementwise(relu6Of);
/** x where it is above 0, slope x elsewhere. */
export const leakyRelu = (slope: number): (x: Node) => Node => elementwise((x) => leakyReluOf(x, slope));
/** x where it is above 0, e^x - 1 elsewhere. */
export const elu: (x: Node) => Node = elementwise(eluOf);
/** x Φ(x), exact. */
export const gelu: (x: Node) => Node = elementwise(geluOf);
/** x σ(x). */
export const silu: (x: Node) => Node = elementwise(siluOf);
/** 1 / (1 + e^-x). */
export const sigmoid: (x: Node) => Node = elementwise(sigmoidOf);
/** The hyperbolic tangent. */
export const tanh: (x: Node) => Node = elementwise(tanhOf);

/** a + b, of equal shapes. */
export const add: (a: Node, b: Node) => Node = pairwise("add", (a, b) => tf.add(a, b));
/** a b, element by element, of equal shapes. */
export const multiply: (a: Node, b: Node) => Node = pairwise("multiply", (a, b) => tf.mul(a, b));

/** Joins nodes along their last axis. `[..., a], [..., b] -> [..., a + b]`. */
export function concat(nodes: readonly Node[]): Node {
  const [first] = nodes;
  if (first === undefined) throw new ShapeError("Cannot concatenate: expected one node or more, found none");
  const outer = first.shape.slice(0, -1);
  const sizes = nodes.map((x) => x.shape.at(-1));
  const fit = nodes.every((x) => sameShape(x.shape.slice(0, -1), outer)) &&
    sizes.every((d) => typeof d === "number");
  if (!fit) {
    throw new ShapeError(
      `Cannot concatenate ${named(nodes)}: expected shapes that differ in the last axis only`,
    );
  }
  const shape = [...outer, sizes.reduce<number>((sum, d) => sum + (d as number), 0)];
  return derived(nodes, shape, (...tensors) => tf.concat(tensors, -1));
}

/** Puts an axis of size 1 in second place. `[batch, ...] -> [batch, 1, ...]`. */
export const unsqueeze = (x: Node): Node =>
  derived([x], [x.shape[0], 1, ...x.shape.slice(1)], (x) => tf.expandDims(x, 1));

/** The first token of each text. `[batch, tokens, ...] -> [batch, ...]`. */
export const firstToken = (x: Node): Node =>
  derived([x], [x.shape[0], ...x.shape.slice(2)], (x) => {
    const [batch, , ...rest] = x.shape;
    const begin = x.shape.map(() => 0);
    return tf.reshape(tf.slice(x, begin, [batch, 1, ...rest]), [batch, ...rest]);
  });

/**
 * An image as a vector, channel by channel as PyTorch has it in memory.
 * `[batch, height, width, channels] -> [batch, channels height width]`.
 */
export const flatten = (x: Node): Node => {
  const [batch, ...sizes] = x.shape;
  if (!sizes.every((d) => typeof d === "number") || sizes.length !== 3) {
    throw new ShapeError(
      `Cannot flatten ${named([x])}: expected a shape [batch, height, width, channels]`,
    );
  }
  const features = sizes.reduce((product, d) => product * d, 1);
  return derived([x], [batch, features], (x) => tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [-1, features]));
};

/** The rows of a table that are asked for by int32 numbers. `[rows, features], [...] -> [..., features]`. */
export function takeRows(table: Node, rows: Node): Node {
  const [, size] = table.shape;
  if (table.shape.length !== 2 || typeof size !== "number") {
    throw new ShapeError(`Cannot take rows of ${named([table])}: expected the shape [rows, features]`);
  }
  return derived([table, rows], [...rows.shape, size], (table, rows) => embedding(rows, table));
}
