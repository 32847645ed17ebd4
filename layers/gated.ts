import { sigmoid, tanh } from "../src/ops/activation.ts";
import { tf } from "../src/tensor.ts";
import type { Layer, Node } from "../src/dsl/node.ts";
import { concat } from "./functions.ts";
import { linear } from "./linear.ts";

/**
 * The gated multimodal unit for two modalities (Arevalo et al. 2017, https://arxiv.org/abs/1702.01992): for every
 * hidden number a gate chooses between them, v = W_v a, t = W_t b, z = σ(W_z [v; t]), z tanh(v) + (1 - z) tanh(t).
 * `[batch, a], [batch, b] -> [batch, width]`.
 *
 * The paper writes the gate over a and b, the authors' code computes it over v and t; this follows the code.
 *
 * Parameters: `first.weight` `[width, a]`, `second.weight` `[width, b]`, `gate.weight` `[width, 2 width]`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { build, gatedUnit } from "../mod.ts";
 *
 * const model = build(({ poster, plot }, at) => gatedUnit(64)([poster, plot], at("fusion")), {
 *   poster: ["batch", 2048],
 *   plot: ["batch", 768],
 * });
 * assertEquals(model.output.shape, ["batch", 64]);
 * ```
 */
export const gatedUnit = (width: number): Layer<readonly [a: Node, b: Node]> => ([a, b], at) => {
  const plain = linear(width, { bias: false });
  const v = plain(a, at("first"));
  const t = plain(b, at("second"));
  const gate = plain(concat([v, t]), at("gate"));
  return at.node([gate, v, t], [], v.shape, ([gate, v, t]) => {
    const z = sigmoid(gate);
    return tf.add(tf.mul(z, tanh(v)), tf.mul(tf.sub(1, z), tanh(t)));
  });
};
