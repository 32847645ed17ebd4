import { tf } from "../src/tensor.ts";
import type { Layer } from "../src/dsl/node.ts";
import { features } from "../src/dsl/shape.ts";
import { add } from "./functions.ts";
import { type Graph, linked } from "./graph.ts";
import { linear } from "./linear.ts";

/**
 * GraphSAGE with the mean (Hamilton et al. 2017, https://arxiv.org/abs/1706.02216): W_l mean(x_j) + b + W_r x_i over the
 * edges j -> i as they are; a node to which none comes has a mean of 0. `[nodes, in] -> [nodes, out]`.
 *
 * Parameters as torch_geometric's `SAGEConv`: `lin_l.weight` `[out, in]`, `lin_l.bias` `[out]`, `lin_r.weight`
 * `[out, in]`.
 */
export const sage = (out: number): Layer<Graph> => (graph, at) => {
  const { inputs, nodes, messages } = linked(graph, at);
  const shape = [nodes, features(graph.x, at)];
  const mean = at.node([graph.x, ...inputs], [], shape, ([x, ...edges]) => {
    const along = messages(x, edges);
    return tf.div(along.sum(along.sources(x)), tf.maximum(along.degrees(), 1));
  });
  const own = linear(out, { bias: false });
  return add(linear(out)(mean, at("lin_l")), own(graph.x, at("lin_r")));
};
