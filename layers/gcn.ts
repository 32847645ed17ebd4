import { tf } from "../src/tensor.ts";
import type { Layer } from "../src/dsl/node.ts";
import { features } from "../src/dsl/shape.ts";
import { type Graph, linked } from "./graph.ts";
import { xavierUniform, zeros } from "./init.ts";
import { linear } from "./linear.ts";

/**
 * Graph convolution (Kipf and Welling 2016, https://arxiv.org/abs/1609.02907): D^-½ A D^-½ X Wᵀ + b, where A has the
 * edges as they are, the self-loops among them, and D counts those that come to a node. `[nodes, in] -> [nodes, out]`.
 *
 * Parameters as torch_geometric's `GCNConv`: `bias` `[out]`, `lin.weight` `[out, in]`.
 */
export const gcn = (out: number): Layer<Graph> => (graph, at) => {
  const { inputs, nodes, messages } = linked(graph, at);
  const bias = at.weight("bias", [out], zeros);
  const init = { weight: xavierUniform(features(graph.x, at), out), bias: zeros };
  const x = linear(out, { bias: false, init })(graph.x, at("lin"));
  return at.node([x, ...inputs], [bias], [nodes, out], ([x, ...edges], [bias]) => {
    const along = messages(x, edges);
    const degrees = along.degrees();
    const share = tf.where(tf.greater(degrees, 0), tf.rsqrt(tf.maximum(degrees, 1)), tf.zerosLike(degrees));
    return tf.add(tf.mul(along.sum(along.sources(tf.mul(x, share))), share), bias);
  });
};
