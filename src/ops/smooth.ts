import { type Tensor, tf } from "../tensor.ts";

/**
 * Label smoothing of independent labels: y (1 - ε) + (1 - y) ε.
 *
 * @param labels `[batch, labels]`, 0 or 1
 */
export const smooth = (labels: Tensor, epsilon: number): Tensor =>
  tf.add(tf.mul(labels, 1 - 2 * epsilon), epsilon);
