/** Losses as a recipe names them. */
import { type Choice, choice } from "../base/choice.ts";
import { crossEntropy, focalLoss } from "../ops/focal_loss.ts";
import { type Tensor, tf } from "../tensor.ts";

/** From logits and targets, both `[batch, labels]`, to a scalar. */
export type Loss = (logits: Tensor, targets: Tensor) => Tensor;

/** Focal loss (Lin et al. 2017): easy elements weigh less by (1 - p_t)^gamma, positives by alpha. */
export const focal = (settings: { readonly alpha: number; readonly gamma: number }): Choice<Loss> =>
  choice(
    "focal",
    settings,
    ({ alpha, gamma }) => (logits, targets) => focalLoss(logits, targets, alpha, gamma),
  );

/** Binary cross-entropy with logits, averaged over all elements. */
export const binaryCrossEntropy = (): Choice<Loss> =>
  choice("binaryCrossEntropy", {}, () => (logits, targets) => tf.mean(crossEntropy(logits, targets)));
