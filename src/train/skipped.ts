/**
 * The policy for bad data. A row that cannot be used is left out: told with its row number and the reason, counted at the
 * end, and listed in the run folder. With `strict` it fails the run before the first step. A file that cannot be read at
 * all is always refused, because its rows cannot be told.
 */
import { OnesheetError } from "../base/errors.ts";
import { fieldFault } from "../base/json.ts";
import type { Dataset, Skipped } from "../data/source.ts";
import { readLines, runFiles, writeRunFile } from "./run.ts";

/** Rows told one by one; a person reads no more, and the run folder has them all. */
const TOLD = 20;

/** `1 row was left out`, `3 rows were left out`. */
export const leftOut = (count: number): string => `${count} row${count === 1 ? " was" : "s were"} left out`;

/** Tells what is to be known of the data and each row that is left out, up to a few; refuses them when they must not be. */
export function demandRows(
  { skipped = [], validation, notes = [] }: Pick<Dataset, "skipped" | "validation" | "notes">,
  strict: boolean,
  tell: (line: string) => void,
): void {
  if (strict && skipped.length > 0) {
    const [{ row, reason }] = skipped;
    const others = skipped.length === 1 ? "" : `, the first of ${skipped.length}`;
    throw new OnesheetError(
      `Cannot use row ${row} of the data${others}: ${reason}; without --strict such rows are left out`,
    );
  }
  for (const note of notes) tell(note);
  for (const { row, reason } of skipped.slice(0, TOLD)) tell(`row ${row} is left out: ${reason}`);
  if (skipped.length > TOLD) tell(`and ${skipped.length - TOLD} more rows`);
  if (validation.size === 0) {
    throw new OnesheetError(
      `Cannot use the data: expected rows to judge by, found none on the validation side` +
        (skipped.length > 0 ? `; ${leftOut(skipped.length)}` : ""),
    );
  }
}

/** The rows that a run left out when it began, and those of now that it did not know, by row number. */
export async function skippedSince(
  folder: string,
  { skipped = [] }: Pick<Dataset, "skipped">,
): Promise<readonly Skipped[]> {
  const fault = (found: unknown) => fieldFault(found, { row: "a whole number", reason: "a text" });
  const before = await readLines<Skipped>(runFiles(folder).skipped, fault, 2);
  const known = new Set(before.map(({ row }) => row));
  return [...before, ...skipped.filter(({ row }) => !known.has(row))].sort((a, b) => a.row - b.row);
}

/** Lists the rows in the run folder, a line of JSON each; none is no file. */
export async function writeSkipped(
  folder: string,
  { skipped = [] }: Pick<Dataset, "skipped">,
): Promise<void> {
  const path = runFiles(folder).skipped;
  if (skipped.length === 0) await Deno.remove(path).catch(() => {});
  else await writeRunFile(path, skipped.map((one: Skipped) => JSON.stringify(one) + "\n").join(""));
}
