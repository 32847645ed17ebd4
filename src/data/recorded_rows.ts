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

const named = (labels: readonly string[]): string =>
  labels.length === 0 ? "no labels" : oneLine(labels.join(", "));

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
  const byId = new Map(ids.map((id, example) => [id, example]));
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
      const before = had.map((position) => labels[position]).sort();
      const now = [...new Set(corpus.labelsOf(example))].sort();
      if (JSON.stringify(before) !== JSON.stringify(now)) {
        lost.push({ row, kind: "relabelled", what: `it had ${named(before)}, it has ${named(now)}` });
      }
      return example;
    });
  const found = { train: find(train), validation: find(validation) };
  if (lost.length > 0) throw lostRows(run, lost, own.size);
  return found;
}
