/** Which rows an evaluation of a run is on, and what must be said of them. */
import { oneLine } from "../base/errors.ts";
import { contentOf } from "../data/row_ids.ts";
import type { Dataset, RecordedRows, Rows } from "../data/source.ts";
import { demandSplit, type RunSplit } from "./split_file.ts";

/** What is said of a run that recorded no rows. */
export const UNRECORDED =
  "warning: an earlier version made this run and did not record its rows; they are split anew, which is right " +
  "only if the data is as it was";

/** The training rows of a run, to count labels of: those of the data may be others. */
export const trainedOn = (
  { labels, train: { rows, identities } }: RunSplit,
  { train }: Pick<Dataset, "train">,
): Pick<Rows, "size" | "positives"> =>
  identities === undefined ? train : {
    size: rows.length,
    positives: () => labels.map((_, label) => identities.filter((row) => row.labels.includes(label)).length),
  };

const count = (rows: number, kind = ""): string => `${rows} ${kind}row${rows === 1 ? "" : "s"}`;

/** Labels without a row; a score of theirs is 0. */
async function absent({ labels }: RunSplit, rows: Rows): Promise<string[]> {
  const present = new Set((await rows.identities?.() ?? []).flatMap((row) => row.labels));
  return labels.filter((_, label) => !present.has(label));
}

const contents = ({ identities = [] }: RecordedRows): Set<string> =>
  new Set(identities.map(({ id }) => contentOf(id)));

/**
 * Lines on the rows that are evaluated, the validation rows of `set`. Without `data` they are the run's own.
 *
 * Errors: data that has not the run's rows as they were, where no other was named.
 */
export async function aboutRows(
  split: RunSplit,
  set: Dataset,
  { data, limit }: { readonly data: string | undefined; readonly limit: number | undefined },
): Promise<string[]> {
  const { validation } = set, own = new Set(split.validation.identities?.map(({ id }) => id));
  const found = await validation.identities?.();
  const all = split.validation.rows.length;
  if (data === undefined && limit === undefined) await demandSplit(split, set);
  if (data === undefined || found === undefined || found.every(({ id }) => own.has(id))) {
    return [
      validation.size === all
        ? `${count(all, "validation ")} of the run`
        : `${validation.size} of the run's ${count(all, "validation ")}`,
    ];
  }
  const trained = contents(split.train), chosen = contents(split.validation);
  const seen = found.filter(({ id }) => trained.has(contentOf(id))).length;
  const choosing = found.filter(({ id }) => chosen.has(contentOf(id))).length;
  const missing = await absent(split, validation);
  return [
    limit === undefined
      ? `${count(validation.size)}: all of "${oneLine(data)}"`
      : `the first ${count(validation.size)} of "${oneLine(data)}"`,
    ...seen === 0 ? [] : [`warning: the run was trained on ${seen} of them`],
    ...choosing === 0
      ? []
      : [`warning: ${choosing} of them are validation rows of the run, by which it chose its best epoch`],
    ...missing.length === 0 ? [] : [
      `none of them has ${oneLine(missing.join(", "))}: F1 of ${
        missing.length === 1 ? "this label is" : "these labels is"
      } 0, also in macro-F1`,
    ],
  ];
}
