/** Which rows of a data set are on which side: split anew by the seed, or as a run recorded them. */
import type { Corpus } from "./corpus.ts";
import { findRows, findRowsOrAll, type FoundRows } from "./recorded_rows.ts";
import type { OpenOptions, RecordedSplit } from "./source.ts";
import { trainTestSplit } from "./split.ts";

/** How the seed splits. */
interface SplitSettings {
  /** Part of the rows held out for validation. */
  readonly validation: number;
  readonly seed: number;
}

/** Positions in the corpus, and how the examples are called and labelled. */
export interface Sides extends FoundRows {
  /** Examples whose image is kept as validation rows are shown; more than `validation` where there is a limit. */
  readonly held: Int32Array;
  /** Whether no example is on another side than the seed's. */
  readonly bySeed: boolean;
  /** Row number of each example: a run's rows have those that they had when it began. */
  readonly rows: Int32Array;
  /** In the order of the model's outputs. */
  readonly labels: readonly string[];
}

/** The seed's validation side where a run's rows are on the same sides of it: what was kept of their images fits. */
function heldBySeed(
  { train, validation }: FoundRows,
  { size }: RecordedSplit,
  examples: number,
  { validation: test, seed }: SplitSettings,
): Int32Array | undefined {
  if (size !== examples) return undefined;
  const side = trainTestSplit(examples, { test, seed }).test, held = new Set(side);
  const fits = validation.every((example) => held.has(example)) &&
    !train.some((example) => held.has(example));
  return fits ? side : undefined;
}

/** Row numbers of the corpus, with those of the run for its rows. */
function numbered(
  rows: Int32Array,
  sides: readonly (readonly [found: Int32Array, recorded: Int32Array])[],
): Int32Array {
  const numbers = rows.slice();
  for (const [found, recorded] of sides) found.forEach((example, at) => numbers[example] = recorded[at]);
  return numbers;
}

/** The rows of `split` where it is given and tells them by their content; otherwise the seed's. Of both the first `limit`. */
export function sidesOf(
  corpus: Corpus,
  settings: SplitSettings,
  { limit, split, orWhole }: Pick<OpenOptions, "limit" | "split" | "orWhole">,
  ids: readonly string[],
): Sides {
  const first = ({ train, validation }: FoundRows) => ({
    train: train.subarray(0, limit),
    validation: validation.subarray(0, limit),
  });
  if (split?.train.identities === undefined) {
    const { train, test } = trainTestSplit(corpus.rows.length, {
      test: settings.validation,
      seed: settings.seed,
    });
    const { rows, labels } = corpus;
    return { ...first({ train, validation: test }), held: test, bySeed: true, rows, labels };
  }
  const found = orWhole
    ? findRowsOrAll(corpus, ids, split)
    : { ...findRows(corpus, ids, split), whole: false };
  const held = found.whole ? undefined : heldBySeed(found, split, corpus.rows.length, settings);
  return {
    ...first(found),
    held: held ?? found.validation,
    bySeed: held !== undefined,
    rows: orWhole ? corpus.rows : numbered(corpus.rows, [
      [found.train, split.train.rows],
      [found.validation, split.validation.rows],
    ]),
    labels: split.labels,
  };
}
