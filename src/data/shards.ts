/** The parquet files of a data set's folder: which there are, and which of them hold the rows to train on. */
import { join } from "node:path";
import { listed, OnesheetError } from "../base/errors.ts";
import { isLeftover } from "../base/leftover.ts";
import { fileFault, statRegular } from "../base/regular_file.ts";

/** One file of a data set. */
export interface Shard {
  /** Its place on this machine. */
  readonly path: string;
  /** Its name in its folder. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

/** The files of a data set that are read, in order. */
export interface Shards {
  /** The files. */
  readonly shards: readonly Shard[];
  /** What a person should know of the files that are not read. */
  readonly notes: readonly string[];
}

const naturally = new Intl.Collator("en", { numeric: true });

/** The words between characters that are no letters, as Hugging Face's `datasets` finds splits in names of files. */
const word = (words: string): RegExp => new RegExp(`(?<!\\p{L})(${words})(?!\\p{L})`, "iu");

const TRAIN = word("train|training");
const HELD_OUT = word("validation|valid|val|dev|test|testing|eval|evaluation");

/** The split that a path says: its file name, else the nearest folder that names one. */
export function splitOf(path: string): "train" | "held out" | undefined {
  const part = path.split(/[/\\]/).findLast((part) => TRAIN.test(part) || HELD_OUT.test(part));
  return part === undefined ? undefined : TRAIN.test(part) ? "train" : "held out";
}

/** Whether a name is that of a parquet file; what Spark and Dask write beside theirs begins with `_`. */
export const isParquet = (name: string): boolean =>
  /\.parquet$/i.test(name) && !isLeftover(name) && !name.startsWith("_");

/** What a folder holds; undefined where there is no such folder. */
async function entriesOf(folder: string): Promise<Deno.DirEntry[] | undefined> {
  try {
    return await Array.fromAsync(Deno.readDir(folder));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw new OnesheetError(`Cannot open the data "${folder}": ${fileFault(error)}`, { cause: error });
  }
}

const parquetOf = (entries: readonly Deno.DirEntry[]): string[] =>
  entries.filter(({ name, isDirectory }) => !isDirectory && isParquet(name)).map(({ name }) => name);

/** Names of the parquet files in a folder and in its folders that name a split, in order. */
async function parquetIn(folder: string): Promise<string[] | undefined> {
  const entries = await entriesOf(folder);
  if (entries === undefined) return undefined;
  const names = parquetOf(entries);
  for (const { name, isDirectory } of entries) {
    if (!isDirectory || isLeftover(name) || splitOf(name) === undefined) continue;
    const inside = parquetOf(await entriesOf(join(folder, name)) ?? []);
    names.push(...inside.map((file) => join(name, file)));
  }
  return names.sort(naturally.compare);
}

/** The files to train on: of several splits that of training; lines say what is not read. */
function chosen(files: readonly Shard[]): Shards {
  const full = files.filter(({ size }) => size > 0), empty = files.filter(({ size }) => size === 0);
  const heldOut = full.filter(({ name }) => splitOf(name) === "held out");
  const train = full.filter((file) => !heldOut.includes(file));
  const names = (files: readonly Shard[]) => listed(files.map(({ name }) => name));
  const notes = [
    ...(empty.length > 0 ? [`empty files are left out: ${names(empty)}`] : []),
    ...(heldOut.length === 0 ? [] : [
      train.length === 0
        ? `no file is named as training data; all are read: ${names(heldOut)}`
        : `files of other splits are left out: ${names(heldOut)}; read: ${names(train)}`,
    ]),
  ];
  return { shards: train.length > 0 ? train : heldOut, notes };
}

/** Where the parquet files of a data set may be: `datasets` has them in `data`, the hub's own conversions in `default`. */
const PLACES = ["data", "default", "."];

/** Refuses a folder that has no shards, naming what comes near. */
async function refuseFolder(folder: string, hasEmpty: boolean): Promise<never> {
  const fail = (found: string, what = 'parquet files in it or in its folder "data"'): never => {
    throw new OnesheetError(`Cannot open the data "${folder}": expected ${what}, found ${found}`, {
      exitCode: 2,
    });
  };
  const entries = await entriesOf(folder);
  if (entries === undefined) {
    return fail(
      await Deno.stat(folder).then(() => "a file; give the folder that it lies in", () => "none"),
      "a folder",
    );
  }
  const near: string[] = [];
  for (const { name, isDirectory } of entries) {
    if (isDirectory && !isLeftover(name) && (await parquetIn(join(folder, name)))?.length) near.push(name);
  }
  const others = near.length > 0
    ? `them in ${listed(near.sort(naturally.compare))}; give one of these`
    : "none";
  return fail(hasEmpty ? "only empty ones" : others);
}

/**
 * The shards of a data set, in order: the parquet files in the folder's `data`, or in the folder itself, and in folders
 * there that are named as a split. Files named as validation or test data, as `datasets` of Hugging Face tells them, are
 * left out where there are others. Hidden and empty files are no shards.
 *
 * Errors, all of them wrong usage: no such folder, a folder without parquet files.
 */
export async function shardsOf(folder: string): Promise<Shards> {
  const files: Shard[] = [];
  for (const place of PLACES.map((name) => join(folder, name))) {
    for (const name of await parquetIn(place) ?? []) {
      const path = join(place, name);
      const { size } = await statRegular(path).catch((error) => {
        throw new OnesheetError(`Cannot read "${path}": ${fileFault(error)}`, { cause: error });
      });
      files.push({ path, name, size });
    }
    if (files.length > 0) break;
  }
  const found = chosen(files);
  return found.shards.length > 0 ? found : await refuseFolder(folder, files.length > 0);
}
