import { type Tensor, tf, withGradient } from "../tensor.ts";

/** Shorter rows are divided by this. */
const LEAST = 1e-8;

/**
 * Rows divided by their lengths. As in PyTorch, a length below 1e-8 counts as 1e-8, but has the derivative of the length
 * that it is, 0 where all is 0.
 */
const directions = (x: Tensor): Tensor =>
  withGradient([x], (x) => {
    const length = tf.sqrt(tf.sum(tf.square(x), -1, true));
    const divisor = tf.maximum(length, LEAST);
    return {
      value: tf.div(x, divisor),
      saved: [x, length, divisor],
      gradient: (dy, [x, length, divisor]) => {
        const along = tf.div(tf.sum(tf.mul(dy, tf.div(x, divisor)), -1, true), divisor);
        return [tf.sub(tf.div(dy, divisor), tf.mul(along, tf.divNoNan(x, length)))];
      },
    };
  });

/**
 * The cosine of each pair of rows, as PyTorch's `cosine_similarity`.
 *
 * @param a `[..., features]`
 * @param b `[..., features]`
 * @returns `[...]`
 */
export const cosine = (a: Tensor, b: Tensor): Tensor => tf.sum(tf.mul(directions(a), directions(b)), -1);
