import { fused, type Tensor, tf, withGradient } from "../tensor.ts";

/** max(x, 0). */
export const relu = (x: Tensor): Tensor => tf.relu(x);

/** min(max(x, 0), 6). */
export const relu6 = (x: Tensor): Tensor =>
  withGradient([x], (x) => ({
    value: tf.relu6(x),
    saved: [x],
    gradient: (dy, [x]) =>
      fused("relu6 gradient", [dy, x], (dy, x) => {
        const inside = tf.logicalAnd(tf.greater(x, 0), tf.less(x, 6));
        return [tf.mul(dy, tf.cast(inside, "float32"))];
      }),
  }));

/** x where it is above 0, slope x elsewhere (Maas et al. 2013). */
export const leakyRelu = (x: Tensor, slope: number): Tensor => {
  const factor = (x: Tensor) => tf.add(tf.mul(tf.cast(tf.greater(x, 0), "float32"), 1 - slope), slope);
  return withGradient([x], (x) => ({
    value: fused(`leaky relu ${slope}`, [x], (x) => [tf.mul(x, factor(x))])[0],
    saved: [x],
    gradient: (dy, [x]) => fused(`leaky relu gradient ${slope}`, [dy, x], (dy, x) => [tf.mul(dy, factor(x))]),
  }));
};

/** x where it is above 0, e^x - 1 elsewhere (Clevert et al. 2015, https://arxiv.org/abs/1511.07289). */
export const elu = (x: Tensor): Tensor => {
  const below = (x: Tensor) => tf.exp(tf.minimum(x, 0));
  return withGradient([x], (x) => ({
    value: fused("elu", [x], (x) => [tf.add(tf.relu(x), tf.sub(below(x), 1))])[0],
    saved: [x],
    gradient: (dy, [x]) => fused("elu gradient", [dy, x], (dy, x) => [tf.mul(dy, below(x))]),
  }));
};

/** 1 / (1 + e^-x). */
export const sigmoid = (x: Tensor): Tensor => tf.sigmoid(x);

/** log(1 + e^x). Its derivative is given, σ(x): of max(x, 0) + log(1 + e^-|x|) the one derived at 0 would be wrong. */
export const softplus = (x: Tensor): Tensor =>
  withGradient([x], (x) => ({
    value: tf.add(tf.relu(x), tf.log1p(tf.exp(tf.neg(tf.abs(x))))),
    saved: [x],
    gradient: (dy, [x]) => [tf.mul(dy, tf.sigmoid(x))],
  }));

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
