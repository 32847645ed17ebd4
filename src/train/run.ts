/** A run folder: what a run writes, and how it is read again. */
import { join } from "node:path";
import { listed, messageOf, OnesheetError } from "../base/errors.ts";
import { writeAll, writeFileWhole, writeWhole } from "../base/files.ts";
import { fieldFault, parseJson, readJson } from "../base/json.ts";
import { filePieces, textLines } from "../base/text_stream.ts";
import { labelsFault } from "../data/labels.ts";
import type { EngineOptions } from "../tensor.ts";
import type { LabelScore } from "./metrics.ts";

/** One line of `metrics.jsonl`: an epoch, counted from 1. */
export interface EpochMetrics {
  /** From 1. */
  readonly epoch: number;
  /** Steps of training done when the epoch was evaluated. */
  readonly step: number;
  /** The epoch's learning rate. */
  readonly lr: number;
  /** The mean of the training batches' losses, each before its step. */
  readonly train_loss: number;
  /** The recipe's loss of the validation rows. */
  readonly val_loss: number;
  /** The mean of the labels' F1. */
  readonly macro_f1: number;
  /** F1 over all decisions. */
  readonly micro_f1: number;
  /** The mean of the labels' F1 by their support. */
  readonly weighted_f1: number;
  /** The mean of the rows' F1. */
  readonly samples_f1: number;
  /** One entry a label. */
  readonly per_label: readonly LabelScore[];
  /** Of training and evaluation. */
  readonly seconds: number;
  /** Its weights were kept as the best so far. */
  readonly best: boolean;
  /** Present when the epoch was cut short by a step limit. */
  readonly partial?: true;
}

/** How often a checkpoint is saved besides at the end of every epoch. */
export type CheckpointEvery =
  /** At every step that is a multiple of this. */
  | { readonly steps: number }
  /** After a step when this time has passed since the last one was saved. */
  | { readonly seconds: number };

/** `recipe.json`: what was run, resolved. */
export interface RunRecord {
  readonly onesheet: string;
  /** The recipe's file, and the settings changed on the command line; a run made by other code has neither. */
  readonly module?: string;
  readonly settings?: readonly string[];
  /** The system of a comparison, whose file `module` is then. */
  readonly system?: string;
  /** Of a comparison's trial: digests of its model's graph and of the files of its first weights. */
  readonly model?: string;
  readonly weightFiles?: readonly string[];
  /** Digest of the recipe's file and of the local files that it imports. */
  readonly code?: string;
  /** Made by `deno task sandbox`, from a recipe that was not trusted. */
  readonly sandboxed?: boolean;
  readonly data?: string;
  readonly limit?: number;
  /** A row that cannot be used fails the run. */
  readonly strict?: boolean;
  readonly checkpointEvery?: CheckpointEvery;
  readonly weights: string;
  readonly engine: string;
  /** Precision and compilation, as far as they were not the usual; runs of earlier versions have none. */
  readonly engineOptions?: EngineOptions;
  readonly recipe: unknown;
}

/** The files of a run folder. */
export const runFiles = (folder: string) => ({
  recipe: join(folder, "recipe.json"),
  labels: join(folder, "labels.json"),
  /** The rows that it trains, validates and tests with. */
  split: join(folder, "split.jsonl"),
  metrics: join(folder, "metrics.jsonl"),
  best: join(folder, "best.safetensors"),
  /** What the best weights say of every validation row, and the rows they are most right and most wrong about. */
  validation: join(folder, "validation.jsonl"),
  examples: join(folder, "examples.json"),
  /** Where and when it ran. */
  machine: join(folder, "machine.json"),
  report: join(folder, "report.html"),
  curves: join(folder, "curves.svg"),
  picture: join(folder, "curves.png"),
  /** For TensorBoard. */
  events: join(folder, "events"),
  /** Everything needed to go on exactly, and the same of some time before. */
  last: join(folder, "last"),
  previous: join(folder, "previous"),
  /** There while a process trains; says which. */
  lock: join(folder, "lock"),
  /** The rows of the data that could not be used, and why; a line of JSON each. */
  skipped: join(folder, "skipped.jsonl"),
  /** Scores of a comparison's trial, once it is done. */
  trial: join(folder, "trial.json"),
  /** What the data source keeps to read other examples as it read these. */
  reader: join(folder, "reader"),
});

/** Characters of a line of JSON. */
const LONGEST_LINE = 64 * 2 ** 20;

const RESUME = "--resume goes on from the last checkpoint";

const cannotWrite = (path: string, wayOut: string) => (cause: unknown): never => {
  const why = messageOf(cause);
  throw new OnesheetError(`Cannot write "${path}": ${why}; what was there stays, ${wayOut}`, { cause });
};

/** Writes a file of a run folder whole; where that fails, the error names the way out. */
export const writeRunFile = (path: string, content: string | Uint8Array, wayOut = RESUME): Promise<void> =>
  writeFileWhole(path, content).catch(cannotWrite(path, wayOut));

/** Writes a file of a run folder whole, with a JSON value a line. */
export const writeRunLines = (path: string, values: Iterable<unknown>): Promise<void> =>
  writeWhole(path, async (file) => {
    const encoder = new TextEncoder();
    for (const value of values) await writeAll(file, encoder.encode(JSON.stringify(value) + "\n"));
  }).catch(cannotWrite(path, RESUME));

/** Levels of JSON in a record. */
export const DEEPEST = 32;

/** Writes `recipe.json`. */
export const writeRecord = (folder: string, record: RunRecord): Promise<void> =>
  writeRunFile(runFiles(folder).recipe, JSON.stringify(record, null, 2) + "\n");

/** What keeps a value from being a record; undefined where it is one. */
export const recordFault = (found: unknown): string | undefined =>
  fieldFault(found, {
    onesheet: "a text",
    "module?": "a text",
    "system?": "a text",
    "settings?": "a list of texts",
    "sandboxed?": "true or false",
    "data?": "a text",
    "limit?": "a whole number",
    weights: "a text",
    engine: "a text",
    recipe: "an object",
  }) ?? fieldFault((found as RunRecord).recipe, { name: "a text" });

/** Reads `recipe.json` of a run folder. */
export async function readRecord(folder: string): Promise<RunRecord> {
  const { recipe } = runFiles(folder);
  try {
    return await readJson(recipe, recordFault, DEEPEST);
  } catch (cause) {
    if (cause instanceof OnesheetError) throw new OnesheetError(cause.message, { cause, exitCode: 2 });
    const found = cause instanceof Deno.errors.NotFound
      ? await exists(folder) ? "a folder without recipe.json, in which no run has begun" : "none"
      : cause instanceof Deno.errors.NotADirectory
      ? "a file"
      : `recipe.json unreadable (${messageOf(cause)})`;
    throw new OnesheetError(`Cannot read the run "${folder}": expected a run folder, found ${found}`, {
      cause,
      exitCode: 2,
    });
  }
}

/** Reads `labels.json` of a run folder. */
export const readLabels = async (folder: string): Promise<string[]> =>
  await readJson(runFiles(folder).labels, labelsFault);

/** Refuses data whose labels are not those of the run. */
export async function demandLabelsOf(folder: string, labels: readonly string[]): Promise<void> {
  const expected = await readLabels(folder);
  if (JSON.stringify(labels) === JSON.stringify(expected)) return;
  throw new OnesheetError(
    `Cannot use this data with the run "${folder}": expected the labels ${listed(expected)}, found ${
      listed(labels)
    }`,
  );
}

/**
 * Reads a file with a JSON value a line, each of which `fault` finds nothing wrong with; no file is no lines. An error
 * names the line.
 */
export async function readLines<T>(
  path: string,
  fault: (found: unknown) => string | undefined,
  deepest: number,
): Promise<T[]> {
  if (!await exists(path)) return [];
  const values: T[] = [];
  let number = 0;
  for await (const line of textLines(filePieces(path), LONGEST_LINE)) {
    number++;
    if (line === "") continue;
    try {
      if (line === undefined) throw new Error(`expected at most ${LONGEST_LINE} characters, found more`);
      const found = parseJson(line, deepest), wrong = fault(found);
      if (wrong !== undefined) throw new Error(wrong);
      values.push(found as T);
    } catch (cause) {
      throw new OnesheetError(`Cannot read line ${number} of "${path}": ${messageOf(cause)}`, { cause });
    }
  }
  return values;
}

const metricsFault = (found: unknown): string | undefined =>
  fieldFault(found, { epoch: "a whole number", step: "a whole number", lr: "a number" });

/** Reads `metrics.jsonl`; no file is no epochs. */
export const readMetrics = (folder: string): Promise<EpochMetrics[]> =>
  readLines(runFiles(folder).metrics, metricsFault, 4);

/** Writes `metrics.jsonl` whole. */
export const writeMetrics = (folder: string, rows: readonly EpochMetrics[]): Promise<void> =>
  writeRunLines(runFiles(folder).metrics, rows);

/** Whether there is a file or folder of that name. */
export const exists = (path: string): Promise<boolean> => Deno.stat(path).then(() => true, () => false);
