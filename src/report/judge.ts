/** Numbers of a report that `metrics.jsonl` does not have, from the probabilities of the validation rows. */
import type { OutputRow, StepLoss } from "./run.ts";

/** How a label would do if it were told above another probability than one half. */
export interface Cut {
  /** Told above this. */
  readonly threshold: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

const ratio = (part: number, whole: number): number => whole === 0 ? 0 : part / whole;

/** Thresholds from 0 to 1. */
const CUTS = Array.from({ length: 51 }, (_, i) => i / 50);

/** How many thresholds a probability is above. */
function thresholdsBelow(probability: number): number {
  let below = Math.min(CUTS.length, Math.max(0, Math.ceil(probability * (CUTS.length - 1))));
  // The product may have been rounded across a threshold.
  while (below < CUTS.length && probability > CUTS[below]) below++;
  while (below > 0 && !(probability > CUTS[below - 1])) below--;
  return below;
}

/** A label at every threshold from 0 to 1, in steps of 0.02. Without a prediction the precision is 0. */
export function cutsOf(rows: readonly OutputRow[], label: number): Cut[] {
  const saidOf = new Array<number>(CUTS.length + 1).fill(0), hitsOf = saidOf.slice();
  for (const { labels, probabilities } of rows) {
    const below = thresholdsBelow(probabilities[label]);
    saidOf[below]++;
    if (labels.includes(label)) hitsOf[below]++;
  }
  const from = (counts: readonly number[], i: number) => counts.slice(i + 1).reduce((sum, n) => sum + n, 0);
  const support = from(hitsOf, -1);
  return CUTS.map((threshold, i) => {
    const said = from(saidOf, i), hits = from(hitsOf, i);
    return {
      threshold,
      precision: ratio(hits, said),
      recall: ratio(hits, support),
      f1: ratio(2 * hits, said + support),
    };
  });
}

/** The cut of the greatest F1; of equals the one nearest to one half. */
export const bestCut = (cuts: readonly Cut[]): Cut =>
  cuts.reduce((best, cut) => {
    const nearer = Math.abs(cut.threshold - 0.5) < Math.abs(best.threshold - 0.5);
    return cut.f1 > best.f1 || cut.f1 === best.f1 && nearer ? cut : best;
  });

/** `[row][column]`, each a share of the rows that have the label of the row, 0 where there are none. */
export type Shares = readonly (readonly number[])[];

/** How many rows have each label. */
export function supportOf(rows: readonly OutputRow[], count: number): number[] {
  const support = new Array<number>(count).fill(0);
  for (const { labels } of rows) for (const label of labels) support[label]++;
  return support;
}

/** Shares between some labels, given by their positions. */
const shares = (
  of: readonly number[],
  rows: readonly OutputRow[],
  among: (has: ReadonlySet<number>, i: number, j: number) => boolean,
  counts: (row: OutputRow, has: ReadonlySet<number>, j: number) => boolean,
): Shares => {
  const all = of.map(() => of.map(() => 0)), part = of.map(() => of.map(() => 0));
  for (const row of rows) {
    const has = new Set(row.labels);
    for (const [a, i] of of.entries()) {
      if (!has.has(i)) continue;
      for (const [b, j] of of.entries()) {
        if (!among(has, i, j)) continue;
        all[a][b]++;
        if (counts(row, has, j)) part[a][b]++;
      }
    }
  }
  return part.map((row, a) => row.map((hits, b) => ratio(hits, all[a][b])));
};

/** Of the rows that have a label, how many have the other as well; `of` are positions of labels. */
export const together = (rows: readonly OutputRow[], of: readonly number[]): Shares =>
  shares(of, rows, () => true, (_, has, j) => has.has(j));

/**
 * Of the rows that have a label and not the other, how many are told the other; on the diagonal, how many of those that
 * have the label are told it. `of` are positions of labels.
 */
export const confusion = (rows: readonly OutputRow[], of: readonly number[]): Shares =>
  shares(of, rows, (has, i, j) => i === j || !has.has(j), (row, _, j) => row.probabilities[j] > 0.5);

/** At most so many points: the means of neighbouring steps. */
export function thinned(steps: readonly StepLoss[], most = 200): StepLoss[] {
  const size = Math.ceil(steps.length / most);
  return Array.from({ length: Math.ceil(steps.length / (size || 1)) }, (_, i) => {
    const part = steps.slice(i * size, (i + 1) * size);
    return { step: part.at(-1)!.step, loss: part.reduce((sum, { loss }) => sum + loss, 0) / part.length };
  });
}
