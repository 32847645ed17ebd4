import { handOver, runKernel, type Tensor, tf, withGradient } from "../tensor.ts";

/** A normalized batch and the statistics it was normalized with. */
export interface Normalized {
  /** Like x. */
  readonly y: Tensor;
  /** `[channels]` */
  readonly mean: Tensor;
  /** `[channels]`, unbiased: the sum of squares over n - 1. */
  readonly variance: Tensor;
}

/**
 * Batch normalization with the batch's own statistics (Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167):
 * y = (x - mean) / sqrt(variance + epsilon) * scale + offset, with the biased variance.
 *
 * @param x `[..., channels]`
 * @param scale `[channels]`
 * @param offset `[channels]`
 */
export function batchNormTraining(x: Tensor, scale: Tensor, offset: Tensor, epsilon: number): Normalized {
  if (x.rank !== 4) {
    const image = tf.reshape(x, [-1, 1, 1, scale.shape[0]]);
    const { y, ...statistics } = batchNormTraining(image, scale, offset, epsilon);
    return { y: tf.reshape(y, x.shape), ...statistics };
  }
  let mean!: Tensor, variance!: Tensor;
  const y = withGradient([x, scale, offset], (x, scale, offset) => {
    const [y, m, v, ...reserves] = runKernel("BatchNormTraining", { x, scale, offset }, { epsilon });
    [mean, variance] = [tf.keep(m), tf.keep(v)];
    return {
      value: y,
      saved: [x, scale, ...reserves],
      gradient: (dy, [x, scale, reserve1, reserve2, reserve3]) =>
        runKernel("BatchNormTrainingGrad", { dy, x, scale, reserve1, reserve2, reserve3 }, { epsilon }),
    };
  });
  return { y, mean: handOver(mean), variance: handOver(variance) };
}

/**
 * Batch normalization with given statistics, as in evaluation.
 *
 * @param x `[..., channels]`; the others `[channels]`
 */
export function batchNorm(
  x: Tensor,
  scale: Tensor,
  offset: Tensor,
  mean: Tensor,
  variance: Tensor,
  epsilon: number,
): Tensor {
  return withGradient([x, scale, offset, mean, variance], (x, scale, offset, mean, variance) => ({
    value: runKernel("BatchNormInference", { x, scale, offset, mean, variance }, { epsilon })[0],
    saved: [x, scale, mean, variance],
    gradient: (dy, [x, scale, mean, variance]) => {
      const inverse = tf.rsqrt(tf.add(variance, epsilon));
      const outer = Array.from({ length: dy.rank - 1 }, (_, axis) => axis);
      const dOffset = tf.sum(dy, outer);
      const dScale = tf.mul(tf.sum(tf.mul(dy, tf.sub(x, mean)), outer), inverse);
      const factor = tf.mul(scale, inverse);
      const dVariance = tf.mul(tf.mul(tf.mul(dScale, factor), inverse), -0.5);
      return [tf.mul(dy, factor), dScale, dOffset, tf.neg(tf.mul(dOffset, factor)), dVariance];
    },
  }));
}
