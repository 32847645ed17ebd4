import { fused, type Tensor, tf, withGradient } from "../tensor.ts";

/** max(x, 0). */
export const relu = (x: Tensor): Tensor => tf.relu(x);

/** min(max(x, 0), 6). */
export const relu6 = (x: Tensor): Tensor => tf.relu6(x);

/** 1 / (1 + e^-x). */
export const sigmoid = (x: Tensor): Tensor => tf.sigmoid(x);

/** The hyperbolic tangent. */
export const tanh = (x: Tensor): Tensor => tf.tanh(x);

/** x σ(x), also called swish (Elfwing et al. 2017, https://arxiv.org/abs/1702.03118). */
export const silu = (x: Tensor): Tensor => tf.mul(x, tf.sigmoid(x));

/** Φ(x), the normal distribution function; 0 below -5.54, where erf in float32 is -1 and its approximations are not. */
const normal = (x: Tensor): Tensor => {
  const above = tf.cast(tf.greater(x, -5.54), "float32");
  return tf.mul(tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5), above);
};

/** φ(x), the normal density. */
const density = (x: Tensor): Tensor => tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));

/** x Φ(x) with the exact normal distribution (Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415). */
export const gelu = (x: Tensor): Tensor =>
  withGradient([x], (x) => ({
    value: fused("gelu", [x], (x) => [tf.mul(x, normal(x))])[0],
    saved: [x],
    gradient: (dy, [x]) =>
      fused(
        "gelu gradient",
        [dy, x],
        (dy, x) => [tf.mul(dy, tf.add(normal(x), tf.mul(x, density(x))))],
      ),
  }));
