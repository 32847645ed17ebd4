/** How values go along the edges of a graph and come together at their ends, for two ways to write edges down. */
import { type Tensor, tf } from "../tensor.ts";
import { embedding } from "./embedding.ts";
import { segmentSoftmax, segmentSum } from "./segment.ts";

/** A graph's edges. What lies on edges is `[edges, features]` or `[nodes, neighbours, features]`. */
export interface Messages {
  /** What the node has that an edge comes from; of `[nodes, features]`. */
  sources(x: Tensor): Tensor;
  /** What the node has that an edge goes to; of `[nodes, features]`. */
  targets(x: Tensor): Tensor;
  /** The sum over the edges that come to each node: `[nodes, features]`. */
  sum(messages: Tensor): Tensor;
  /** Softmax over the edges that come to each node. */
  softmax(scores: Tensor): Tensor;
  /** How many edges come to each node: `[nodes, 1]`. */
  degrees(): Tensor;
}

/**
 * Edges as a list.
 *
 * @param edges int32 `[2, edges]`: where each comes from, and where it goes
 */
export function edgeList(edges: Tensor, nodes: number): Messages {
  const count = edges.shape[1]!;
  const [from, to] = [0, 1].map((end) => tf.reshape(tf.slice(edges, [end, 0], [1, count]), [count]));
  return {
    sources: (x) => embedding(from, x),
    targets: (x) => embedding(to, x),
    sum: (messages) => segmentSum(messages, to, nodes),
    softmax: (scores) => segmentSoftmax(scores, to, nodes),
    degrees: () => segmentSum(tf.ones([count, 1]), to, nodes),
  };
}

/**
 * Edges as a list of neighbours for each node.
 *
 * @param neighbours int32 `[nodes, neighbours]`: where edges come from; any node where the mask is 0
 * @param mask int32 `[nodes, neighbours]`: 1 where there is an edge
 */
export function neighbourLists(neighbours: Tensor, mask: Tensor): Messages {
  const there = tf.expandDims(tf.cast(mask, "float32"), -1);
  const hidden = tf.mul(tf.sub(1, there), -1e9);
  return {
    sources: (x) => embedding(neighbours, x),
    targets: (x) => tf.expandDims(x, 1),
    sum: (messages) => tf.sum(tf.mul(messages, there), 1),
    // tfjs has a softmax over the last axis only.
    softmax: (scores) => {
      const last = tf.transpose(tf.add(scores, hidden), [0, 2, 1]);
      return tf.mul(tf.transpose(tf.softmax(last), [0, 2, 1]), there);
    },
    degrees: () => tf.sum(there, 1),
  };
}
