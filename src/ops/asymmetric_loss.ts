import { type Tensor, tf } from "../tensor.ts";

/** Settings of {@link asymmetricLoss}. */
export interface Asymmetry {
  /** γ of positives; larger counts easy ones less. */
  readonly gammaPositive: number;
  /** γ of negatives. */
  readonly gammaNegative: number;
  /** Negatives of a lower probability count nothing. */
  readonly margin: number;
}

/** Below it a logarithm is cut, as in the paper's code, and the derivative of a power, which may have no number at 0. */
const LEAST = 1e-8;

const log = (p: Tensor): Tensor => tf.log(tf.maximum(p, LEAST));
const focused = (missed: Tensor, gamma: number, x: Tensor): Tensor =>
  gamma === 0 ? x : tf.mul(tf.pow(tf.maximum(missed, LEAST), gamma), x);

/**
 * Asymmetric loss of independent labels (Ridnik et al. 2021, https://arxiv.org/abs/2009.14119), averaged over all
 * elements where the paper adds them up: -y (1 - p)^γ₊ log p - (1 - y) p_m^γ₋ log(1 - p_m), with p = σ(logits) and
 * p_m = max(p - margin, 0). The gradient is that of all of it; the paper's code can leave the powers out.
 *
 * @param logits `[batch, labels]`
 * @param targets `[batch, labels]` in [0, 1]
 * @returns a scalar
 */
export function asymmetricLoss(
  logits: Tensor,
  targets: Tensor,
  { gammaPositive, gammaNegative, margin }: Asymmetry,
): Tensor {
  const p = tf.sigmoid(logits), shifted = tf.relu(tf.sub(p, margin));
  const positive = tf.mul(targets, focused(tf.sub(1, p), gammaPositive, log(p)));
  const negative = tf.mul(tf.sub(1, targets), focused(shifted, gammaNegative, log(tf.sub(1, shifted))));
  return tf.neg(tf.mean(tf.add(positive, negative)));
}
