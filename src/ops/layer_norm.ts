import { type Tensor, tf, withGradient } from "../tensor.ts";

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
    const centred = tf.sub(x, tf.mean(x, -1, true));
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
    const normal = tf.mul(centred, inverse);
    return {
      value: tf.add(tf.mul(normal, weight), bias),
      saved: [normal, inverse, weight],
      gradient: (dy, [normal, inverse, weight]) => {
        const d = tf.mul(dy, weight);
        const along = tf.mean(tf.mul(d, normal), -1, true);
        const dx = tf.mul(inverse, tf.sub(tf.sub(d, tf.mean(d, -1, true)), tf.mul(normal, along)));
        const outer = Array.from({ length: dy.rank - 1 }, (_, axis) => axis);
        return [dx, tf.sum(tf.mul(dy, normal), outer), tf.sum(dy, outer)];
      },
    };
  });
