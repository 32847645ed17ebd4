/** Batch normalization in training, written with tfjs's operations. */
import type { KernelConfig, Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import { tf } from "../tfjs.ts";
import { kernel } from "./kernel.ts";

/** Rows over channels: `[…, channels]` as a matrix. */
const matrix = (x: Tensor): Tensor2D => tf.reshape(x, [-1, x.shape[x.shape.length - 1]]);

/** Rows that are averaged at once: of more, the backend's float32 sums are off by up to 2e-3 instead of 1e-6. */
const BLOCK = 512;

/** Mean of every column: of blocks as average pooling, which is seven times as fast as a reduction, then of their means. */
function columnMeans(x: Tensor2D): Tensor {
  const [rows, columns] = x.shape;
  const block = Math.min(rows, BLOCK), rest = rows % block;
  const image = tf.reshape(x, [1, rows, 1, columns]) as Tensor4D;
  const blocks = tf.reshape(tf.avgPool(image, [block, 1], [block, 1], "valid"), [-1, columns]);
  const mean = tf.mean(blocks, 0);
  if (rest === 0) return mean;
  const last = tf.mean(tf.slice(x, [rows - rest, 0], [rest, columns]), 0);
  return tf.add(tf.mul(mean, 1 - rest / rows), tf.mul(last, rest / rows));
}

/**
 * Batch normalization with the batch's own statistics (Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167).
 *
 * @param x `[…, channels]`
 * @param scale `[channels]`
 * @param offset `[channels]`
 * @returns y like x; mean and unbiased variance `[channels]`, for the running statistics; and what
 * `batchNormTrainingGrad` asks for: mean and biased variance `[channels]`, and a scalar that means nothing
 */
export function batchNormTraining(x: Tensor, scale: Tensor, offset: Tensor, epsilon: number): Tensor[] {
  return tf.tidy(() => {
    const rows = matrix(x);
    const count = rows.shape[0];
    const mean = columnMeans(rows);
    const centred = tf.sub<Tensor2D>(rows, mean);
    const variance = columnMeans(tf.square(centred));
    const slope = tf.mul(scale, tf.rsqrt(tf.add(variance, epsilon)));
    const y = tf.reshape(tf.add(tf.mul(centred, slope), offset), x.shape);
    const unbiased = tf.mul(variance, count / Math.max(1, count - 1));
    return [y, mean, unbiased, tf.clone(mean), variance, tf.scalar(0)];
  });
}

/** What the gradient of batch normalization is computed from. */
export interface BatchNormSaved {
  /** The gradient of y, like x. */
  readonly dy: Tensor;
  /** `[…, channels]` */
  readonly x: Tensor;
  /** `[channels]` */
  readonly scale: Tensor;
  /** Mean `[channels]`. */
  readonly reserve1: Tensor;
  /** Biased variance `[channels]`. */
  readonly reserve2: Tensor;
}

/** The gradients of `batchNormTraining` with respect to x, scale and offset, from the gradient of y. */
export function batchNormTrainingGrad(saved: BatchNormSaved, epsilon: number): Tensor[] {
  return tf.tidy(() => {
    const { scale, reserve1: mean, reserve2: variance } = saved;
    const dy = matrix(saved.dy);
    const count = dy.shape[0];
    const inverse = tf.rsqrt(tf.add(variance, epsilon));
    const normalized = tf.mul<Tensor2D>(tf.sub(matrix(saved.x), mean), inverse);
    const meanDy = columnMeans(dy);
    const meanProduct = columnMeans(tf.mul(dy, normalized));
    const inner = tf.sub(tf.sub(dy, meanDy), tf.mul(normalized, meanProduct));
    const dx = tf.reshape(tf.mul(inner, tf.mul(scale, inverse)), saved.x.shape);
    return [dx, tf.mul(meanProduct, count), tf.mul(meanDy, count)];
  });
}

/** `BatchNormTraining`, its gradient and `BatchNormInference`. */
export const batchNormKernels: readonly KernelConfig[] = [
  kernel<{ x: Tensor; scale: Tensor; offset: Tensor }, { epsilon: number }>(
    "BatchNormTraining",
    ({ x, scale, offset }, { epsilon }) => batchNormTraining(x, scale, offset, epsilon),
  ),
  kernel<BatchNormSaved, { epsilon: number }>(
    "BatchNormTrainingGrad",
    (saved, { epsilon }) => batchNormTrainingGrad(saved, epsilon),
  ),
  kernel<Record<"x" | "scale" | "offset" | "mean" | "variance", Tensor>, { epsilon: number }>(
    "BatchNormInference",
    ({ x, scale, offset, mean, variance }, { epsilon }) => {
      const factor = tf.mul(scale, tf.rsqrt(tf.add(variance, epsilon)));
      return tf.add(tf.mul(x, factor), tf.sub(offset, tf.mul(mean, factor)));
    },
  ),
];
