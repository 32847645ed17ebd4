import { type Tensor, tf } from "../tensor.ts";

/**
 * y = x Wᵀ + b over the last axis.
 *
 * @param x `[..., in]`
 * @param weight `[out, in]`
 * @param bias `[out]`
 * @returns `[..., out]`
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const rows = tf.reshape(x, [-1, weight.shape[1]!]);
  const product = tf.matMul(rows as never, weight as never, false, true);
  const y = bias === undefined ? product : tf.add(product, bias);
  return x.rank === 2 ? y : tf.reshape(y, [...x.shape.slice(0, -1), weight.shape[0]!]);
}
