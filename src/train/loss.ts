/** Losses as a recipe names them. */
import { type Choice, choice } from "../base/choice.ts";
import { OnesheetError } from "../base/errors.ts";
import { belowOne, demandRanges, nonNegative, positive, unit } from "../base/range.ts";
import type { Rows } from "../data/source.ts";
import { asymmetricLoss, type Asymmetry } from "../ops/asymmetric_loss.ts";
import { crossEntropy, focalLoss, weightedCrossEntropy } from "../ops/focal_loss.ts";
import type { Recipe } from "./recipe.ts";
import { type Tensor, tf } from "../tensor.ts";

/** From logits and targets, both `[batch, labels]`, to a scalar. */
export interface Loss {
  (logits: Tensor, targets: Tensor): Tensor;
  /** Where it depends on how frequent labels are: the loss of training rows, of which `positives` have each label. */
  readonly of?: (positives: readonly number[], rows: number) => Loss;
}

/** Focal loss (Lin et al. 2017): easy elements weigh less by (1 - p_t)^gamma, positives by alpha. */
export const focal = (settings: { readonly alpha: number; readonly gamma: number }): Choice<Loss> =>
  choice("focal", settings, ({ alpha, gamma }) => {
    demandRanges("the loss focal", { alpha, gamma }, { alpha: unit, gamma: nonNegative });
    return (logits, targets) => focalLoss(logits, targets, alpha, gamma);
  });

/**
 * Binary cross-entropy with logits, averaged over all elements. The positive part of a label counts `positiveWeight`
 * times, a number for each label; once unless given.
 */
export const binaryCrossEntropy = (
  settings: { readonly positiveWeight?: readonly number[] } = {},
): Choice<Loss> =>
  choice("binaryCrossEntropy", settings, ({ positiveWeight }) => {
    positiveWeight?.forEach((weight, i) => {
      const name = `positiveWeight[${i}]`;
      demandRanges("the loss binaryCrossEntropy", { [name]: weight }, { [name]: positive });
    });
    return weighted(positiveWeight);
  }, { positiveWeight: [[1, 2]] });

const weighted = (weights: readonly number[] | undefined): Loss => (logits, targets) => {
  if (weights === undefined) return tf.mean(crossEntropy(logits, targets));
  const labels = logits.shape.at(-1);
  if (weights.length !== labels) {
    throw new OnesheetError(
      `Cannot weigh the labels: expected ${labels} numbers in positiveWeight, found ${weights.length}`,
      { exitCode: 2 },
    );
  }
  return tf.mean(weightedCrossEntropy(logits, targets, tf.tensor1d([...weights]) as never));
};

/**
 * Binary cross-entropy in which the positive part of a label counts rows / (rows that have it) times, at most `cap`
 * times; counted over the training rows.
 */
export const balancedCrossEntropy = (settings: { readonly cap: number }): Choice<Loss> =>
  choice("balancedCrossEntropy", settings, ({ cap }) => {
    demandRanges("the loss balancedCrossEntropy", { cap }, { cap: positive });
    return Object.assign(
      (): Tensor => {
        throw new OnesheetError(
          "Cannot compute balancedCrossEntropy: expected the training rows to be counted first",
        );
      },
      {
        of: (positives: readonly number[], rows: number) =>
          weighted(positives.map((count) => Math.min(cap, rows / count))),
      },
    );
  });

/** Asymmetric loss (Ridnik et al. 2021, https://arxiv.org/abs/2009.14119), with the paper's settings unless given. */
export const asymmetric = (
  { gammaPositive = 0, gammaNegative = 4, margin = 0.05 }: Partial<Asymmetry> = {},
): Choice<Loss> =>
  choice(
    "asymmetric",
    { gammaPositive, gammaNegative, margin },
    (settings) => {
      demandRanges("the loss asymmetric", settings, {
        gammaPositive: nonNegative,
        gammaNegative: nonNegative,
        margin: belowOne,
      });
      return (logits, targets) => asymmetricLoss(logits, targets, settings);
    },
  );

/** The recipe with a loss that knows how frequent the labels of these training rows are, where it asks for that. */
export function withFrequencies(
  recipe: Recipe,
  { size, positives }: Pick<Rows, "size" | "positives">,
): Recipe {
  const { of } = recipe.loss.made;
  if (of === undefined) return recipe;
  if (positives === undefined) {
    throw new OnesheetError(
      `Cannot use the loss ${recipe.loss.name} with this data: expected a source that counts its labels, found one that does not`,
    );
  }
  return { ...recipe, loss: { ...recipe.loss, made: of(positives(), size) } };
}
