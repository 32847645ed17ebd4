import { type Tensor, tf, withGradient } from "../tensor.ts";

/**
 * The mean over height and width.
 *
 * @param x `[batch, height, width, channels]`
 * @returns `[batch, channels]`
 */
export function meanPool(x: Tensor): Tensor {
  const [batch, height, width, channels] = x.shape;
  return withGradient([x], (x) => ({
    value: tf.mean(x, [1, 2]),
    saved: [],
    gradient: (dy) => {
      const share = tf.reshape(tf.mul(dy, 1 / (height * width)), [batch, 1, 1, channels]);
      return [tf.tile(share, [1, height, width, 1])];
    },
  }));
}
