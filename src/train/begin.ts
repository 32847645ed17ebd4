/** Begins a run folder. */
import { join, relative } from "node:path";
import { messageOf, OnesheetError } from "../base/errors.ts";
import { parseJson } from "../base/json.ts";
import { writeSums } from "../base/sums.ts";
import { labelsFault } from "../data/labels.ts";
import type { Dataset } from "../data/source.ts";
import { DEEPEST, exists, recordFault, runFiles, type RunRecord, writeRecord, writeRunFile } from "./run.ts";

/** Refuses to begin a file that could not be read again. */
function demandReadable(name: string, value: unknown, fault: (found: unknown) => string | undefined): void {
  try {
    const wrong = fault(parseJson(JSON.stringify(value), DEEPEST));
    if (wrong !== undefined) throw new Error(wrong);
  } catch (cause) {
    throw new OnesheetError(`Cannot write ${name}: ${messageOf(cause)}`, { cause });
  }
}

/** The way out for one who cannot go on with a run: another one, from its weights where it has some. */
export async function anotherRun(folder: string): Promise<string> {
  const { best } = runFiles(folder);
  return await exists(best)
    ? `start another run, from its weights by --weights ${best}`
    : "start a run without --resume";
}

/** Whether a folder holds a run of which anything was trained. */
export async function isTrained(folder: string): Promise<boolean> {
  const { recipe, metrics, best, last, previous } = runFiles(folder);
  const trained = await Promise.all([metrics, best, last, previous].map(exists));
  return await exists(recipe) && trained.includes(true);
}

/** Refuses a folder that holds a run of which anything was trained; one that failed before may begin anew there. */
export async function demandNoRun(folder: string): Promise<void> {
  if (!await isTrained(folder)) return;
  throw new OnesheetError(
    `Cannot start a run in "${folder}": it already holds one; use --resume to go on with it, or another --run`,
    { exitCode: 2 },
  );
}

/**
 * Begins a run folder; `split` is the text of `split.jsonl`. Its record comes last: where that is, nothing is missing. The
 * sessions of a run that failed there before are forgotten.
 */
export async function startRun(
  folder: string,
  record: RunRecord,
  { labels, kept }: Pick<Dataset, "labels" | "kept">,
  split: string,
): Promise<void> {
  const files = runFiles(folder);
  demandReadable("labels.json", labels, labelsFault);
  demandReadable("recipe.json", record, recordFault);
  await Deno.mkdir(files.reader, { recursive: true });
  await Deno.remove(files.machine).catch(() => {});
  for (const [name, text] of Object.entries(kept)) await writeRunFile(join(files.reader, name), text);
  await writeRunFile(files.labels, JSON.stringify(labels, null, 2) + "\n");
  await writeRunFile(files.split, split);
  await writeSums(
    folder,
    [files.labels, ...Object.keys(kept).map((name) => join(files.reader, name))]
      .map((path) => relative(folder, path).replaceAll("\\", "/")),
  );
  await writeRecord(folder, record);
}
