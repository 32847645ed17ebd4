import { type Tensor, tf } from "../tensor.ts";

/** max(x, 0). */
export const relu = (x: Tensor): Tensor => tf.relu(x);

/** 1 / (1 + e^-x). */
export const sigmoid = (x: Tensor): Tensor => tf.sigmoid(x);

/** The hyperbolic tangent. */
export const tanh = (x: Tensor): Tensor => tf.tanh(x);

/** x σ(x), also called swish (Elfwing et al. 2017, https://arxiv.org/abs/1702.03118). */
export const silu = (x: Tensor): Tensor => tf.mul(x, tf.sigmoid(x));

/** x Φ(x) with the exact normal distribution (Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415). */
export const gelu = (x: Tensor): Tensor => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
