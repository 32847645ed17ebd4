/**
 * F1 scores of multi-label predictions, equal to scikit-learn's with `zero_division = 0`
 * (https://scikit-learn.org/stable/modules/model_evaluation.html, `precision_recall_fscore_support`).
 * Batches are counted one by one; a score is a function of the counts alone.
 */
import { OnesheetError } from "../base/errors.ts";

/** A single number that a run is judged by, in [0, 1]. */
export type ScoreName = "macroF1" | "microF1" | "weightedF1" | "samplesF1";

/** Every {@link ScoreName}. */
export const scoreNames = [
  "macroF1",
  "microF1",
  "weightedF1",
  "samplesF1",
] as const satisfies readonly ScoreName[];

/** How one label did. */
export interface LabelScore {
  /** The label's name. */
  readonly label: string;
  /** Share of the rows predicted to have the label that do. */
  readonly precision: number;
  /** Share of the rows that have the label that are predicted to. */
  readonly recall: number;
  /** Harmonic mean of precision and recall. */
  readonly f1: number;
  /** Rows that have the label. */
  readonly support: number;
  /** Rows predicted to have it. */
  readonly predicted: number;
}

/** The scores of all rows: mean over labels, over all decisions, over labels by support, over rows; then by label. */
export interface Scores extends Readonly<Record<ScoreName, number>> {
  /** In the order of the labels. */
  readonly perLabel: readonly LabelScore[];
}

/** What the model gives: logits count as predicted above 0, probabilities above 0.5. */
export type OutputKind = "logits" | "probabilities";

/** Counts over the rows seen so far; the arrays have one number per label. */
export interface Confusion {
  /** Rows counted. */
  readonly rows: number;
  /** Rows that have the label and are predicted to. */
  readonly hits: readonly number[];
  /** Rows predicted to have the label. */
  readonly predicted: readonly number[];
  /** Rows that have the label. */
  readonly support: readonly number[];
  /** Sum over the rows of each row's own F1. */
  readonly rowF1: number;
}

const ratio = (part: number, whole: number): number => whole === 0 ? 0 : part / whole;
const f1 = (hits: number, predicted: number, support: number): number => ratio(2 * hits, predicted + support);
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** The counts before any row. */
export const noConfusion = (labels: number): Confusion => ({
  rows: 0,
  hits: Array(labels).fill(0),
  predicted: Array(labels).fill(0),
  support: Array(labels).fill(0),
  rowF1: 0,
});

/** The counts with one more batch: `outputs` and `truth` (0 or 1) are `[rows, labels]`, row-major. */
export function addBatch(
  confusion: Confusion,
  outputs: Float32Array,
  truth: Float32Array,
  kind: OutputKind,
): Confusion {
  const labels = confusion.hits.length;
  if (outputs.length !== truth.length || outputs.length % labels !== 0) {
    throw new OnesheetError(
      `Cannot score a batch: expected rows of ${labels} outputs and as many labels, ` +
        `found ${outputs.length} and ${truth.length} numbers`,
    );
  }
  const cut = kind === "logits" ? 0 : 0.5;
  const rows = outputs.length / labels;
  const hits = [...confusion.hits], predicted = [...confusion.predicted], support = [...confusion.support];
  let rowF1 = confusion.rowF1;
  for (let row = 0; row < rows; row++) {
    let rowHits = 0, rowPredicted = 0, rowSupport = 0;
    for (let label = 0; label < labels; label++) {
      const said = outputs[row * labels + label] > cut ? 1 : 0;
      const is = truth[row * labels + label] === 1 ? 1 : 0;
      hits[label] += said & is;
      predicted[label] += said;
      support[label] += is;
      rowHits += said & is;
      rowPredicted += said;
      rowSupport += is;
    }
    rowF1 += f1(rowHits, rowPredicted, rowSupport);
  }
  return { rows: confusion.rows + rows, hits, predicted, support, rowF1 };
}

/** The scores of the counts; `labels` are the names, one per counted label. A mean over nothing is 0. */
export function scoresOf(confusion: Confusion, labels: readonly string[]): Scores {
  const { rows, hits, predicted, support, rowF1 } = confusion;
  const perLabel = labels.map((label, i) => ({
    label,
    precision: ratio(hits[i], predicted[i]),
    recall: ratio(hits[i], support[i]),
    f1: f1(hits[i], predicted[i], support[i]),
    support: support[i],
    predicted: predicted[i],
  }));
  return {
    macroF1: ratio(sum(perLabel.map((one) => one.f1)), labels.length),
    microF1: f1(sum(hits), sum(predicted), sum(support)),
    weightedF1: ratio(sum(perLabel.map((one) => one.f1 * one.support)), sum(support)),
    samplesF1: ratio(rowF1, rows),
    perLabel,
  };
}

/**
 * The scores of outputs at hand; `outputs` and `truth` (0 or 1) are `[rows, labels]`, row-major.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { scores } from "./metrics.ts";
 *
 * const truth = Float32Array.of(1, 0, 1, 1);
 * const { macroF1 } = scores(Float32Array.of(2, -1, -3, 4), truth, ["drama", "war"], "logits");
 * assertAlmostEquals(macroF1, (2 / 3 + 1) / 2);
 * ```
 */
export const scores = (
  outputs: Float32Array,
  truth: Float32Array,
  labels: readonly string[],
  kind: OutputKind,
): Scores => scoresOf(addBatch(noConfusion(labels.length), outputs, truth, kind), labels);
