import { finite } from "../src/base/range.ts";
import { leakyRelu } from "../src/ops/activation.ts";
import { dropout as drop } from "../src/ops/dropout.ts";
import { type Tensor, tf } from "../src/tensor.ts";
import type { Layer } from "../src/dsl/node.ts";
import { features } from "../src/dsl/shape.ts";
import { add } from "./functions.ts";
import { type Graph, linked } from "./graph.ts";
import { xavierUniform, zeros } from "./init.ts";
import { linear } from "./linear.ts";
import { checkedRate, checkNumbers } from "./rate.ts";

/** Settings of {@link gat}. */
export interface GatOptions {
  /** Attention heads; 1 unless given. */
  readonly heads?: number;
  /** Whether the heads' results lie side by side or are averaged; `concat` unless given. */
  readonly join?: "concat" | "mean";
  /** Dropout rate of the attention; 0 unless given. */
  readonly dropout?: number;
  /** LeakyReLU's slope below 0; 0.2 unless given. */
  readonly slope?: number;
  /** Whether W_r x_i is added; it is not unless told. */
  readonly residual?: boolean;
}

/** `[..., heads * size]` of the last axis as `[..., heads, size]`. */
const split = (x: Tensor, heads: number): Tensor =>
  tf.reshape(x, [...x.shape.slice(0, -1), heads, x.shape.at(-1)! / heads]);

/**
 * Graph attention (Veličković et al. 2017, https://arxiv.org/abs/1710.10903): the sum of α_ij W x_j over the edges j -> i
 * as they are, + b, in each head, with α_ij = softmax_j LeakyReLU(a_src · W x_j + a_dst · W x_i).
 * `[nodes, in] -> [nodes, heads * out]`, or `[nodes, out]` of averaged heads.
 *
 * Parameters as torch_geometric's `GATConv`: `att_src` and `att_dst` `[1, heads, out]`, `bias`, `lin.weight`
 * `[heads * out, in]`, and with a residual `res.weight`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { build, gat } from "../mod.ts";
 *
 * const model = build(({ x, edges }, at) => gat(32, { heads: 8 })({ x, edges }, at("gat")), {
 *   x: ["nodes", 1000],
 *   edges: [2, "edges"],
 * });
 * assertEquals(model.output.shape, ["nodes", 256]);
 * assertEquals([model.params[0].name, ...model.params[0].shape], ["gat.att_src", 1, 8, 32]);
 * ```
 */
export const gat = (
  out: number,
  { heads = 1, join = "concat", dropout = 0, slope = 0.2, residual = false }: GatOptions = {},
): Layer<
  Graph
> =>
(graph, at) => {
  const { inputs, nodes, messages } = linked(graph, at);
  checkedRate(dropout, at);
  checkNumbers(at, { slope }, { slope: finite });
  const size = features(graph.x, at);
  const first = (wide: number) => ({ weight: xavierUniform(size, wide), bias: zeros });
  const joined = join === "concat" ? heads * out : out;
  const [source, target] = ["att_src", "att_dst"].map((name) =>
    at.weight(name, [1, heads, out], xavierUniform(heads, out))
  );
  const bias = at.weight("bias", [joined], zeros);
  const x = linear(heads * out, { bias: false, init: first(heads * out) })(graph.x, at("lin"));
  const params = [source, target, bias];
  const attended = at.node([x, ...inputs], params, [nodes, joined], ([x, ...edges], [s, t, bias], run) => {
    const along = messages(x, edges);
    const score = (a: Tensor) => tf.sum(tf.mul(split(x, heads), a), -1);
    const scores = leakyRelu(tf.add(along.sources(score(s)), along.targets(score(t))), slope);
    const seed = dropout > 0 ? run.seed(at.path) : undefined;
    const softmax = along.softmax(scores);
    const weights = seed === undefined ? softmax : drop(softmax, dropout, seed);
    const values = split(along.sources(x), heads);
    const weighted = tf.mul(values, tf.expandDims(weights, -1));
    const mixed = along.sum(tf.reshape(weighted, [...weighted.shape.slice(0, -2), heads * out]));
    return tf.add(join === "concat" ? mixed : tf.mean(split(mixed, heads), 1), bias);
  });
  if (!residual) return attended;
  const skip = linear(joined, { bias: false, init: first(joined) })(graph.x, at("res"));
  return add(attended, skip);
};
