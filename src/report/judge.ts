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

/** A label at every threshold from 0 to 1, in steps of 0.02. Without a prediction the precision is 0. */
export function cutsOf(rows: readonly OutputRow[], label: number): Cut[] {
  const judged = rows.map(({ labels, probabilities }) => ({
    has: labels.includes(label),
    probability: probabilities[label],
  }));
  const support = judged.filter(({ has }) => has).length;
  return CUTS.map((threshold) => {
    const said = judged.filter(({ probability }) => probability > threshold);
    const hits = said.filter(({ has }) => has).length;
    return {
      threshold,
      precision: ratio(hits, said.length),
      recall: ratio(hits, support),
      f1: ratio(2 * hits, said.length + support),
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

const shares = (
  count: number,
  rows: readonly OutputRow[],
  among: (row: OutputRow, i: number, j: number) => boolean,
  counts: (row: OutputRow, j: number) => boolean,
): Shares =>
  Array.from({ length: count }, (_, i) =>
    Array.from({ length: count }, (_, j) => {
      const all = rows.filter((row) => row.labels.includes(i) && among(row, i, j));
      return ratio(all.filter((row) => counts(row, j)).length, all.length);
    }));

/** Of the rows that have a label, how many have the other as well. */
export const together = (rows: readonly OutputRow[], count: number): Shares =>
  shares(count, rows, () => true, (row, j) => row.labels.includes(j));

/**
 * Of the rows that have a label and not the other, how many are told the other; on the diagonal, how many of those that
 * have the label are told it.
 */
export const confusion = (rows: readonly OutputRow[], count: number): Shares =>
  shares(
    count,
    rows,
    (row, i, j) => i === j || !row.labels.includes(j),
    (row, j) => row.probabilities[j] > 0.5,
  );

/** At most so many points: the means of neighbouring steps. */
export function thinned(steps: readonly StepLoss[], most = 200): StepLoss[] {
  const size = Math.ceil(steps.length / most);
  return Array.from({ length: Math.ceil(steps.length / (size || 1)) }, (_, i) => {
    const part = steps.slice(i * size, (i + 1) * size);
    return { step: part.at(-1)!.step, loss: part.reduce((sum, { loss }) => sum + loss, 0) / part.length };
  });
}
