/** Finds the rows of a run in a data set, or says which are not there as they were. */
import { oneLine, OnesheetError } from "../base/errors.ts";
import type { Corpus } from "./corpus.ts";
import type { RecordedRows, RecordedSplit } from "./source.ts";

/** Positions of a run's rows in the data set, in the run's order. */
export interface FoundRows {
  readonly train: Int32Array;
  readonly validation: Int32Array;
}

/** What became of a row that is not there as it was. */
interface Lost {
  /** Its number when the run began. */
  readonly row: number;
  readonly kind: "missing" | "changed" | "relabelled";
  /** The middle of a sentence about it. */
  readonly what: string;
}

const kinds = {
  missing: ["is missing", "are missing"],
  changed: ["has another text or image", "have another text or image"],
  relabelled: ["has other labels", "have other labels"],
} as const;

/** The sentence for rows that are not as they were; `total` is how many the run has. */
export function lostRows(run: string, lost: readonly Lost[], total: number): OnesheetError {
  const counts = Object.entries(kinds).flatMap(([kind, [one, many]]) => {
    const count = lost.filter((each) => each.kind === kind).length;
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
  });
  const first = lost.reduce((a, b) => b.row < a.row ? b : a);
  return new OnesheetError(
    `Cannot use this data with the run "${run}": ${lost.length} of its ${total} rows ` +
      `${lost.length === 1 ? "is" : "are"} not as they were when it began (${
        counts.join(", ")
      }); the first is row ` +
      `${first.row}: ${first.what}; put the data back, name a folder that has it by --data, or start another run`,
  );
}

/** Labels in a sentence, at most this many. */
const NAMED = 30;

const named = (labels: readonly string[]): string =>
  labels.length === 0
    ? "no labels"
    : oneLine(labels.slice(0, NAMED).join(", ")) + (labels.length > NAMED ? ", …" : "");

const examplesById = (ids: readonly string[]): ReadonlyMap<string, number> =>
  new Map(ids.map((id, example) => [id, example]));

const sameLabels = (a: readonly string[], b: readonly string[]): boolean =>
  new Set(a).size === new Set(b).size && new Set([...a, ...b]).size === new Set(a).size;

/**
 * Looks a run's rows up by their content; `ids` has the id of every example. Rows that the run does not have are let be:
 * they were added since.
 *
 * Errors: rows that are missing, or have another text, image or labels.
 */
export function findRows(
  corpus: Pick<Corpus, "rows" | "labelsOf" | "skipped">,
  ids: readonly string[],
  { run, labels, train, validation }: RecordedSplit,
): FoundRows {
  const byId = examplesById(ids);
  const byRow = new Map(Array.from(corpus.rows, (row, example) => [row, example]));
  const sides = [train, validation];
  const own = new Set(sides.flatMap(({ identities = [] }) => identities.map(({ id }) => id)));
  const reasons = new Map(corpus.skipped.map(({ row, reason }) => [row, reason]));
  const lost: Lost[] = [];

  const gone = (row: number): Lost => {
    const now = byRow.get(row);
    if (now !== undefined && !own.has(ids[now])) {
      return { row, kind: "changed", what: "its text or image is another" };
    }
    const reason = reasons.get(row);
    return { row, kind: "missing", what: reason ?? "it is not in the data" };
  };
  const find = ({ rows, identities = [] }: RecordedRows): Int32Array =>
    Int32Array.from(identities, ({ id, labels: had }, at) => {
      const example = byId.get(id), row = rows[at];
      if (example === undefined) {
        lost.push(gone(row));
        return -1;
      }
      const before = had.map((position) => labels[position]), now = corpus.labelsOf(example);
      if (!sameLabels(before, now)) {
        lost.push({ row, kind: "relabelled", what: `it had ${named(before)}, it has ${named(now)}` });
      }
      return example;
    });
  const found = { train: find(train), validation: find(validation) };
  if (lost.length > 0) throw lostRows(run, lost, own.size);
  return found;
}

/** Refuses rows with labels that the run's model was not trained on. */
function demandKnown(
  corpus: Pick<Corpus, "rows" | "labels" | "labelsOf">,
  { run, labels }: RecordedSplit,
): void {
  const known = new Set(labels), unknown = corpus.labels.filter((label) => !known.has(label));
  if (unknown.length === 0) return;
  const at = corpus.rows.findIndex((_, example) =>
    !corpus.labelsOf(example).every((label) => known.has(label))
  );
  throw new OnesheetError(
    `Cannot use this data with the run "${run}": expected the labels ${named(labels)}, found also ` +
      `${named(unknown)}, the first in row ${corpus.rows[at]}; take such rows out, or start another run`,
  );
}

/**
 * The rows of data that may be the run's, elsewhere: its validation rows where all of them are there, with those of its
 * training rows that are; otherwise every row, as a validation row.
 *
 * Errors: a label that the run does not know.
 */
export function findRowsOrAll(
  corpus: Pick<Corpus, "rows" | "labels" | "labelsOf">,
  ids: readonly string[],
  split: RecordedSplit,
): FoundRows & { readonly whole: boolean } {
  const byId = examplesById(ids);
  const present = ({ identities = [] }: RecordedRows): Int32Array =>
    Int32Array.from(identities.flatMap(({ id, labels }) => {
      const example = byId.get(id);
      const isSame = example !== undefined &&
        sameLabels(labels.map((position) => split.labels[position]), corpus.labelsOf(example));
      return isSame ? [example] : [];
    }));
  const validation = present(split.validation);
  if (validation.length === split.validation.rows.length) {
    return { train: present(split.train), validation, whole: false };
  }
  demandKnown(corpus, split);
  return { train: new Int32Array(), validation: corpus.rows.map((_, example) => example), whole: true };
}
