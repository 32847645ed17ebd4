import { fused, type Tensor, tf, withGradient } from "../tensor.ts";

/** The mean over the last axis, which stays as one of size 1. */
const meanOf = (x: Tensor): Tensor => tf.mean(x, -1, true);

/**
 * Layer normalization over the last axis (Ba et al. 2016, https://arxiv.org/abs/1607.06450):
 * y = (x - mean) / sqrt(variance + epsilon) * weight + bias, with the biased variance.
 *
 * In float32 a mean is off by its rounding. Where it is larger than the deviation, that rounding would be part of the
 * result, and with a small epsilon most of it; there the mean of x - mean is subtracted as well.
 *
 * @param x `[..., features]`
 * @param weight `[features]`
 * @param bias `[features]`
 */
export const layerNorm = (x: Tensor, weight: Tensor, bias: Tensor, epsilon: number): Tensor =>
  withGradient([x, weight, bias], (x, weight, bias) => {
    const [value, mean, rest, inverse] = fused(
      `layer norm ${epsilon}`,
      [x, weight, bias],
      (x, weight, bias) => {
        const mean = meanOf(x);
        const centred = tf.sub(x, mean);
        const square = meanOf(tf.square(centred));
        const isFlat = tf.cast(tf.less(square, tf.square(mean)), "float32");
        const rest = tf.mul(meanOf(centred), isFlat);
        const variance = tf.relu(tf.sub(square, tf.square(rest))); // not below 0, which its rounding could be
        const inverse = tf.rsqrt(tf.add(variance, epsilon));
        const normal = tf.mul(tf.sub(centred, rest), inverse);
        return [tf.add(tf.mul(normal, weight), bias), mean, rest, inverse];
      },
    );
    return {
      value,
      saved: [x, mean, rest, inverse, weight],
      gradient: (dy, [x, mean, rest, inverse, weight]) => {
        const [dx, scaled] = fused(
          "layer norm gradient",
          [dy, x, mean, rest, inverse, weight],
          (dy, x, mean, rest, inverse, weight) => {
            const d = tf.mul(dy, weight);
            const normal = tf.mul(tf.sub(tf.sub(x, mean), rest), inverse);
            const along = meanOf(tf.mul(d, normal));
            const dx = tf.mul(inverse, tf.sub(tf.sub(d, meanOf(d)), tf.mul(normal, along)));
            return [dx, tf.mul(dy, normal)];
          },
        );
        const outer = Array.from({ length: dy.rank - 1 }, (_, axis) => axis);
        return [dx, tf.sum(scaled, outer), tf.sum(dy, outer)];
      },
    };
  });
