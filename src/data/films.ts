/**
 * What the rows of a data set say, without their posters: row numbers, plots and genres, read once and kept in the
 * cache folder in a form that stays small for any number of rows.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { inCache } from "../base/cache.ts";
import { OnesheetError } from "../base/errors.ts";
import { writeAll, writeWhole } from "../base/files.ts";
import { contentDigests } from "./content_digest.ts";
import type { Corpus } from "./corpus.ts";
import { encodedPosters } from "./encoded_posters.ts";
import { labelSets } from "./labels.ts";
import { lengthFault, posterFault, posterOf, textOf } from "./messages.ts";
import { readPacked, writePacked } from "./packed.ts";
import { openShard } from "./parquet.ts";
import { type Places, usualPlaces } from "./places.ts";
import { bytesAt } from "./read.ts";
import { type Shard, shardsOf } from "./shards.ts";
import type { OpenOptions, Skipped } from "./source.ts";

/** Goes up whenever what is kept, or how it is taken out of a row, changes. */
const FORMAT = 5;

/** Plots that are read from the cache at once. */
const AT_ONCE = 512;

/** Bytes of a digest. */
const DIGEST = 32;

interface About {
  /** Each set of genres that a row has, once. */
  readonly sets: readonly (readonly string[])[];
  /** Rows without an image, a prompt or an answer. */
  readonly skipped: readonly Skipped[];
  /** CRC-32 of the plots. */
  readonly plots: number;
}

interface Numbers {
  readonly rows: Int32Array;
  /** Which of the sets each example has. */
  readonly set: Int32Array;
  /** Where in the file of plots each example's ends. */
  readonly ends: Float64Array;
  readonly [name: string]: Int32Array | Float64Array;
}

/** Reads all rows; writes the plots one after the other into `file`. */
async function read(
  shards: readonly Shard[],
  file: Deno.FsFile,
  onProgress: OpenOptions["onProgress"],
): Promise<{ about: About; arrays: Numbers }> {
  const rows: number[] = [], set: number[] = [], ends: number[] = [], skipped: Skipped[] = [];
  const sets = new Map<string, number>();
  const encoder = new TextEncoder();
  let row = 0, end = 0, plots = 0;
  for (const [i, shard] of shards.entries()) {
    using open = await openShard(shard, ["messages", "images"]);
    for (const group of open.groups) {
      // Where the footer says that no image is missing, the images need not be read.
      const full = open.isFull(group, "images", "bytes");
      for (const record of await open.read(group, full ? ["messages"] : ["messages", "images"])) {
        const hasImage = full || posterOf(record) !== undefined, long = lengthFault(record);
        const text = long === undefined ? textOf(record) : undefined;
        if (!hasImage) skipped.push({ row, reason: posterFault(record) });
        else if (long !== undefined) skipped.push({ row, reason: long });
        else if (text === undefined) skipped.push({ row, reason: "it has no prompt with an answer" });
        else {
          const plot = encoder.encode(text.plot), genres = JSON.stringify(text.genres);
          await writeAll(file, plot);
          plots = crc32(plot, plots);
          rows.push(row);
          ends.push(end += plot.length);
          set.push(sets.get(genres) ?? sets.size);
          sets.set(genres, set[set.length - 1]);
        }
        row++;
      }
    }
    onProgress?.("reading plots, shards", i + 1, shards.length);
  }
  if (rows.length === 0) {
    throw new OnesheetError(
      `Cannot use the data: expected rows with an image and two messages, found none in ${row} rows of "${
        shards[0].path
      }"${shards.length > 1 ? " and the files beside it" : ""}` +
        (skipped.length > 0 ? `; row ${skipped[0].row}: ${skipped[0].reason}` : ""),
    );
  }
  return {
    about: { sets: [...sets.keys()].map((genres) => JSON.parse(genres)), skipped, plots },
    arrays: { rows: Int32Array.from(rows), set: Int32Array.from(set), ends: Float64Array.from(ends) },
  };
}

/** Makes the file of plots and then the index: where the index is, the plots are whole. */
async function prepare(
  shards: readonly Shard[],
  folder: string,
  files: { readonly plots: string; readonly index: string },
  onProgress: OpenOptions["onProgress"],
): Promise<{ about: About; arrays: Numbers }> {
  return await inCache("the plots", folder, async () => {
    await Deno.mkdir(folder, { recursive: true });
    let made: { about: About; arrays: Numbers } | undefined;
    await writeWhole(files.plots, async (file) => {
      made = await read(shards, file, onProgress);
    });
    await writePacked(files.index, made!);
    return made!;
  });
}

/** The texts of a file of plots. Throws where it is not as it was written. */
function* plotsIn(path: string, ends: Float64Array, sum: number): Generator<string> {
  using file = Deno.openSync(path);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let crc = 0;
  for (let first = 0; first < ends.length; first += AT_ONCE) {
    const start = first === 0 ? 0 : ends[first - 1];
    const part = ends.subarray(first, first + AT_ONCE);
    const bytes = bytesAt(file, start, part[part.length - 1] - start);
    crc = crc32(bytes, crc);
    let from = 0;
    for (const end of part) {
      yield decoder.decode(bytes.subarray(from, end - start));
      from = end - start;
    }
  }
  if (crc !== sum) {
    throw new OnesheetError(
      `Cannot use "${path}": expected the plots as they were written, found others; remove it`,
    );
  }
}

/** SHA-256 of every example's image: read once and remembered in the file `path`. */
async function imageDigests(
  shards: readonly Shard[],
  rows: Int32Array,
  path: string,
  onProgress: OpenOptions["onProgress"],
): Promise<string[]> {
  const known = await readPacked<null, { digests: Int32Array }>(path);
  const bytes = known === undefined
    ? new Uint8Array(rows.length * DIGEST)
    : new Uint8Array(known.arrays.digests.slice().buffer);
  if (known === undefined) {
    let done = 0;
    for await (const { example, poster } of encodedPosters(shards, rows, rows.map((_, example) => example))) {
      bytes.set(createHash("sha256").update(poster).digest(), example * DIGEST);
      if (++done % 1000 === 0) onProgress?.("identifying rows", done, rows.length);
    }
    // A cache that cannot be written to costs only time.
    await writePacked(path, { about: null, arrays: { digests: new Int32Array(bytes.buffer) } }).catch(
      () => {},
    );
  }
  return Array.from(rows, (_, example) => bytes.subarray(example * DIGEST, (example + 1) * DIGEST).toHex());
}

/** Digests of the shards' contents, in order. */
async function digestsOf(shards: readonly Shard[], folder: string, cache: string): Promise<string[]> {
  const digests = await contentDigests(folder, cache), found: string[] = [];
  for (const { path } of shards) found.push(await digests.of(path, await Deno.stat(path)));
  await digests.remember();
  return found;
}

/**
 * Opens the data set in a folder: the rows that count, their plots, and their genres lower-cased. `onProgress` hears of
 * shards.
 *
 * Errors: no folder, no parquet files, a broken file, a missing column, no row that counts, no room in the cache.
 */
export async function openFilms(
  folder: string,
  onProgress?: OpenOptions["onProgress"],
  { cache }: Places = usualPlaces(),
): Promise<Corpus> {
  const { shards, notes: ofFiles } = await shardsOf(folder);
  const identity = await digestsOf(shards, folder, cache);
  const key = createHash("sha256").update(JSON.stringify([FORMAT, identity])).digest("hex").slice(0, 32);
  const place = join(cache, "films");
  const files = { plots: join(place, `${key}.plots`), index: join(place, `${key}.index`) };
  const size = await Deno.stat(files.plots).then((stat) => stat.size, () => -1);
  const known = await readPacked<About, Numbers>(files.index);
  const isWhole = known !== undefined && size === known.arrays.ends.at(-1);
  const { about, arrays } = isWhole ? known : await prepare(shards, place, files, onProgress);
  const { labels, sets, notes } = labelSets(
    about.sets,
    (set) => `row ${arrays.rows[arrays.set.indexOf(set)]}`,
  );
  return {
    key,
    rows: arrays.rows,
    labels,
    skipped: about.skipped,
    notes: [...ofFiles, ...notes],
    labelsOf: (example) => sets[arrays.set[example]],
    imageDigests: () => imageDigests(shards, arrays.rows, join(place, `${key}.images`), onProgress),
    texts: () => plotsIn(files.plots, arrays.ends, about.plots),
    imageName: (example) => `the poster of row ${arrays.rows[example]}`,
    images: (examples, onFirst) => encodedPosters(shards, arrays.rows, examples, onFirst),
  };
}
