import { sigmoid } from "../src/ops/activation.ts";
import { tf } from "../src/tensor.ts";
import type { Layer, Node } from "../src/dsl/node.ts";
import { imageShape } from "../src/dsl/shape.ts";
import { linear } from "./linear.ts";
import { meanPool } from "./pool.ts";

/** An image that was looked at where its labels are. */
export interface Attended {
  /** The attended features, `[batch, channels]`. */
  readonly features: Node;
  /** The logits of the image alone, `[batch, labels]`. */
  readonly logits: Node;
}

/**
 * Class activation maps (Zhou et al. 2016, https://arxiv.org/abs/1512.04150) as attention. A linear classifier at every
 * position gives a map for each label; their means are the image's logits, as if the classifier were behind average
 * pooling. The maps, weighted by the labels' probabilities and summed, go through a softmax over all positions and
 * weigh the features there. `[batch, height, width, channels]`.
 *
 * Parameters: `classifier.weight` `[labels, channels]`, `classifier.bias`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { activationMapAttention, build } from "../mod.ts";
 *
 * const model = build(({ map }, at) => activationMapAttention(5)(map, at("attention")).features, {
 *   map: ["batch", 7, 7, 64],
 * });
 * assertEquals(model.output.shape, ["batch", 64]);
 * ```
 */
export const activationMapAttention = (labels: number): Layer<Node, Attended> => (map, at) => {
  const [batch, height, width, channels] = imageShape(map, at);
  const maps = linear(labels)(map, at("classifier"));
  const logits = meanPool()(maps, at("pool"));
  const features = at.node([map, maps, logits], [], [batch, channels], ([map, maps, logits]) => {
    const positions = height * width;
    const likely = tf.reshape(sigmoid(logits), [-1, 1, labels]);
    const summed = tf.sum(tf.mul(tf.reshape(maps, [-1, positions, labels]), likely), -1);
    const weights = tf.expandDims(tf.softmax(summed), -1);
    return tf.sum(tf.mul(tf.reshape(map, [-1, positions, channels]), weights), 1);
  });
  return { features, logits };
};
