import { type Tensor, tf, withGradient } from "../tensor.ts";

/**
 * The largest number along the last axis. Numbers that tie share its gradient evenly, as in torch.amax;
 * torch.max(dim) gives all of it to one of them.
 *
 * @param x `[..., n]`
 * @returns `[...]`
 */
export const largest = (x: Tensor): Tensor =>
  withGradient([x], (x) => {
    const value = tf.max(x, -1);
    return {
      value,
      saved: [x, value],
      gradient: (dy, [x, value]) => {
        const tied = tf.cast(tf.equal(x, tf.expandDims(value, -1)), "float32");
        return [tf.mul(tied, tf.expandDims(tf.div(dy, tf.sum(tied, -1)), -1))];
      },
    };
  });
