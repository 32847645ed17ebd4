/**
 * A data set made ready for shuffled epochs. Parquet can only be read a row group at a time, and the posters may not
 * fit in memory; so the first opening copies every encoded poster into one packed file in the cache folder, with an
 * index of where each lies and what its row says. Later openings read the index only.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { messageOf, OnesheetError } from "../base/errors.ts";
import { writeAll, writeFileWhole, writeWhole } from "../base/files.ts";
import { exampleOf } from "./messages.ts";
import { rowCount, rowGroups, type Shard, shardsOf } from "./parquet.ts";
import { type Places, usualPlaces } from "./places.ts";
import { bytesAt, textIfThere } from "./read.ts";
import type { OpenOptions } from "./source.ts";

/** Examples by position: the rows that count, in the order of the data set. */
export interface Posters extends Disposable {
  /** Row number in the data set of each example. */
  readonly rows: readonly number[];
  /** The plot of each example. */
  readonly plots: readonly string[];
  /** The genres of each example, lower-cased. */
  readonly genres: readonly (readonly string[])[];
  /** The encoded image of the example at this position. */
  poster(position: number): Uint8Array;
}

/** What is kept beside the packed file; `offsets` has one more entry than `rows`: the packed file's size. */
interface Index {
  readonly rows: number[];
  readonly plots: string[];
  readonly genres: string[][];
  readonly offsets: number[];
}

/** Goes up whenever what is kept, or how it is taken out of a row, changes. */
const FORMAT = 1;

const keyOf = (shards: readonly Shard[]): string => {
  const identity = shards.map(({ name, size, modified }) => [name, size, modified]);
  return createHash("sha256").update(JSON.stringify([FORMAT, identity])).digest("hex").slice(0, 32);
};

/** Copies the posters of all shards into `file` and collects the index. */
async function pack(
  shards: readonly Shard[],
  file: Deno.FsFile,
  onProgress: OpenOptions["onProgress"],
): Promise<Index> {
  const index: Index = { rows: [], plots: [], genres: [], offsets: [0] };
  const total = (await Promise.all(shards.map(rowCount))).reduce((sum, n) => sum + n, 0);
  let row = 0;
  for (const shard of shards) {
    for await (const group of rowGroups(shard, ["messages", "images"])) {
      for (const record of group) {
        const example = exampleOf(record);
        if (example !== undefined) {
          await writeAll(file, example.poster);
          index.rows.push(row);
          index.plots.push(example.plot);
          index.genres.push([...example.genres]);
          index.offsets.push(index.offsets[index.offsets.length - 1] + example.poster.length);
        }
        row++;
      }
      onProgress?.("packing posters", row, total);
    }
  }
  if (index.rows.length > 0) return index;
  throw new OnesheetError(
    `Cannot use the data: expected rows with an image and two messages, found none in ${row} rows of "${
      shards[0].path
    }"${shards.length > 1 ? " and the files beside it" : ""}`,
  );
}

/** Makes the packed file and then its index: where the index is, the packed file is whole. */
async function prepare(
  shards: readonly Shard[],
  packed: string,
  indexed: string,
  onProgress: OpenOptions["onProgress"],
): Promise<Index> {
  const folder = join(packed, "..");
  try {
    await Deno.mkdir(folder, { recursive: true });
    let index: Index | undefined;
    await writeWhole(packed, async (file) => {
      index = await pack(shards, file, onProgress);
    });
    await writeFileWhole(indexed, JSON.stringify(index));
    return index!;
  } catch (error) {
    if (error instanceof OnesheetError) throw error;
    throw new OnesheetError(
      `Cannot keep the posters in "${folder}": ${
        messageOf(error)
      }; set ONESHEET_CACHE to a folder with room for them`,
      { cause: error },
    );
  }
}

/** The index of an earlier opening; undefined when there is none or its packed file is gone or of another size. */
async function kept(packed: string, indexed: string): Promise<Index | undefined> {
  const text = await textIfThere(indexed);
  if (text === undefined) return undefined;
  const index = JSON.parse(text) as Index;
  const size = await Deno.stat(packed).then((stat) => stat.size, () => -1);
  return size === index.offsets[index.offsets.length - 1] ? index : undefined;
}

/**
 * Opens the data set in a folder, packing its posters first unless an earlier opening did: the shards' names, sizes
 * and times tell. `onProgress` hears of rows.
 *
 * Errors: no folder, no parquet files, a broken file, a missing column, no row that counts, no room in the cache.
 */
export async function openPosters(
  folder: string,
  onProgress?: OpenOptions["onProgress"],
  { cache }: Places = usualPlaces(),
): Promise<Posters> {
  const shards = await shardsOf(folder);
  const name = join(cache, "posters", keyOf(shards));
  const [packed, indexed] = [`${name}.pack`, `${name}.json`];
  const index = await kept(packed, indexed) ?? await prepare(shards, packed, indexed, onProgress);
  const file = await Deno.open(packed);
  return {
    ...index,
    poster: (position) => {
      const [start, end] = [index.offsets[position], index.offsets[position + 1]];
      return bytesAt(file, start, end - start);
    },
    [Symbol.dispose]: () => file.close(),
  };
}
