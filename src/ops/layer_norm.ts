import { fused, type Tensor, tf, withGradient } from "../tensor.ts";

/** (x - mean) / deviation, from what the forward pass kept. */
const normal = (x: Tensor, mean: Tensor, inverse: Tensor): Tensor => tf.mul(tf.sub(x, mean), inverse);

/**
 * Layer normalization over the last axis (Ba et al. 2016, https://arxiv.org/abs/1607.06450):
 * y = (x - mean) / sqrt(variance + epsilon) * weight + bias, with the biased variance.
 *
 * @param x `[..., features]`
 * @param weight `[features]`
 * @param bias `[features]`
 */
export const layerNorm = (x: Tensor, weight: Tensor, bias: Tensor, epsilon: number): Tensor =>
  withGradient([x, weight, bias], (x, weight, bias) => {
    const [value, mean, inverse] = fused(`layer norm ${epsilon}`, [x, weight, bias], (x, weight, bias) => {
      const mean = tf.mean(x, -1, true);
      const variance = tf.mean(tf.square(tf.sub(x, mean)), -1, true);
      const inverse = tf.rsqrt(tf.add(variance, epsilon));
      return [tf.add(tf.mul(normal(x, mean, inverse), weight), bias), mean, inverse];
    });
    return {
      value,
      saved: [x, mean, inverse, weight],
      gradient: (dy, [x, mean, inverse, weight]) => {
        const [dx] = fused(
          "layer norm gradient",
          [dy, x, mean, inverse, weight],
          (dy, x, mean, inverse, weight) => {
            const d = tf.mul(dy, weight);
            const n = normal(x, mean, inverse);
            const along = tf.mean(tf.mul(d, n), -1, true);
            return [tf.mul(inverse, tf.sub(tf.sub(d, tf.mean(d, -1, true)), tf.mul(n, along)))];
          },
        );
        const outer = Array.from({ length: dy.rank - 1 }, (_, axis) => axis);
        return [dx, tf.sum(tf.mul(dy, normal(x, mean, inverse)), outer), tf.sum(dy, outer)];
      },
    };
  });
