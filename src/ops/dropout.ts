import { runKernel, type Tensor, tf } from "../tensor.ts";

/**
 * Sets each element to zero with probability `rate` and divides the others by 1 - rate
 * (Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html).
 *
 * @param seed int32 `[2]`; the same seed drops the same elements
 */
export function dropout(x: Tensor, rate: number, seed: Tensor): Tensor {
  const [uniform] = runKernel("StatelessUniform", { seed }, { shape: x.shape });
  const kept = tf.cast(tf.greaterEqual(uniform, rate), "float32");
  return tf.mul(x, tf.mul(kept, 1 / (1 - rate)));
}
