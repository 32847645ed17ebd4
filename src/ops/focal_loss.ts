import { type Tensor, tf } from "../tensor.ts";
import { softplus } from "./activation.ts";

/**
 * Focal loss of independent labels (Lin et al. 2017, https://arxiv.org/abs/1708.02002), averaged over all elements:
 * α_t (1 - p_t)^γ BCE, with p = σ(logits), p_t = p y + (1 - p)(1 - y), α_t = α y + (1 - α)(1 - y).
 *
 * @param logits `[batch, labels]`
 * @param targets `[batch, labels]` in [0, 1], smoothed or not
 * @returns a scalar
 */
export function focalLoss(logits: Tensor, targets: Tensor, alpha: number, gamma: number): Tensor {
  const p = tf.sigmoid(logits);
  const others = tf.sub(1, targets);
  const missed = tf.sub(1, tf.add(tf.mul(p, targets), tf.mul(tf.sub(1, p), others)));
  const weight = tf.add(tf.mul(targets, alpha), tf.mul(others, 1 - alpha));
  // The derivative of a power below 1 is no number where nothing is missed.
  const base = () => gamma < 1 ? tf.maximum(missed, 1e-8) : missed;
  const focused = gamma === 0 ? weight : tf.mul(weight, tf.pow(base(), gamma));
  return tf.mean(tf.mul(focused, crossEntropy(logits, targets)));
}

/**
 * Binary cross-entropy of each element whose positive part counts `weight` times, as torch.nn.BCEWithLogitsLoss's
 * `pos_weight`: (1 - y) z + (1 + (w - 1) y) log(1 + e^-z).
 *
 * @param logits `[batch, labels]`
 * @param targets `[batch, labels]` in [0, 1]
 * @param weight `[labels]`
 * @returns `[batch, labels]`
 */
export function weightedCrossEntropy(logits: Tensor, targets: Tensor, weight: Tensor): Tensor {
  const each = tf.add(1, tf.mul(targets, tf.sub(weight, 1)));
  return tf.add(tf.mul(tf.sub(1, targets), logits), tf.mul(each, softplus(tf.neg(logits))));
}

/**
 * Binary cross-entropy of each element, from logits: max(z, 0) - z y + log(1 + e^-|z|). Where z is 0, the derivatives
 * that tfjs takes of max (0) and of |z| (-1) add up to the right one, 1/2 - y.
 *
 * @param logits `[batch, labels]`
 * @param targets `[batch, labels]` in [0, 1]
 * @returns `[batch, labels]`
 */
export const crossEntropy = (logits: Tensor, targets: Tensor): Tensor =>
  tf.add(tf.sub(tf.relu(logits), tf.mul(logits, targets)), tf.log1p(tf.exp(tf.neg(tf.abs(logits)))));
