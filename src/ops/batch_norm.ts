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
 * @param x `[batch, height, width, channels]`
 * @param scale `[channels]`
 * @param offset `[channels]`
 */
export function batchNormTraining(x: Tensor, scale: Tensor, offset: Tensor, epsilon: number): Normalized {
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
  const factor = tf.mul(scale, tf.rsqrt(tf.add(variance, epsilon)));
  return tf.add(tf.mul(x, factor), tf.sub(offset, tf.mul(mean, factor)));
}
