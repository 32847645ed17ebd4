/**
 * The posters of a data set, decoded once: parquet can only be read a row group at a time and decoding is most of the
 * work of an epoch, so what epochs need of each poster is kept in the cache folder. What was kept before stays when the
 * work is cut; runs and processes share it.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { inCache } from "../base/cache.ts";
import { messageOf, oneLine, OnesheetError } from "../base/errors.ts";
import { lock } from "../base/lock.ts";
import { freeBytes, noSpace, readable } from "../base/space.ts";
import type { Corpus, EncodedPoster } from "./corpus.ts";
import { isFilled, type Kept, noSlots, SLOT, slotFor, slotOf, type Slots, slotsIn } from "./slots.ts";
import type { OpenOptions } from "./source.ts";

/** How a poster is kept. */
export interface Keeping {
  /** Everything that what is kept depends on, beside the posters themselves. */
  readonly settings: unknown;
  /** What is kept of an example's poster. */
  keep(example: number, poster: Uint8Array): Promise<Kept>;
  /** How many bytes that will be. */
  sizeOf(example: number, poster: Uint8Array): number;
}

/** Posters that are kept. */
export interface Posters {
  /** The file they lie in. */
  readonly path: string;
  /** Examples whose posters cannot be used, and why. */
  readonly broken: ReadonlyMap<number, string>;
  /** Where in it the example's lies. */
  slot(example: number): Slots;
  /** Keeps the example's anew, because what the slot led to was not as it was written. */
  again(example: number, broken: Slots): Promise<void>;
}

/** Goes up whenever what is kept changes for the same settings. */
const FORMAT = 2;

/** Decoded at once, for each core. */
const LANES = 2;

/** The sentence of a poster that cannot be used. */
const posterError = (name: string, error: unknown): OnesheetError =>
  new OnesheetError(`Cannot use ${name}: ${messageOf(error)}`, { cause: error });

/** Keeps what `source` gives, from several lanes; the first failure ends them all and is thrown. */
async function inLanes(
  source: AsyncGenerator<EncodedPoster>,
  keep: (poster: EncodedPoster) => Promise<void>,
) {
  const lane = async () => {
    for await (const poster of source) await keep(poster);
  };
  const lanes = Array.from({ length: LANES * navigator.hardwareConcurrency }, lane);
  const failed = (await Promise.allSettled(lanes)).find(({ status }) => status === "rejected");
  if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
}

/** What the first posters say all of them will take; an error where the disk has less. */
async function sized(
  corpus: Corpus,
  folder: string,
  first: readonly EncodedPoster[],
  count: number,
  keeping: Keeping,
): Promise<number> {
  const sizes = first.flatMap(({ example, poster }) => {
    try {
      return [keeping.sizeOf(example, poster)];
    } catch (error) {
      if (error instanceof OnesheetError) return []; // left out, as keeping it will find
      throw posterError(corpus.imageName(example), error);
    }
  });
  const needed = Math.ceil(sizes.reduce((sum, size) => sum + size, 0) / Math.max(1, sizes.length) * count);
  const free = await freeBytes(folder);
  if (free === undefined || free >= needed) return needed;
  throw noSpace("keep the posters", folder, needed, readable(free));
}

/**
 * Keeps the posters of these examples that are not kept yet, and opens them. One that cannot be used is tried again by
 * every call: another decoder may be there by then.
 */
export async function keepPosters(
  corpus: Corpus,
  examples: Int32Array,
  keeping: Keeping,
  cache: string,
  onProgress: OpenOptions["onProgress"] = () => {},
): Promise<Posters> {
  const identity = JSON.stringify([FORMAT, corpus.key, keeping.settings]);
  const key = createHash("sha256").update(identity).digest("hex").slice(0, 32);
  const folder = join(cache, "posters");
  const [path, index] = [join(folder, `${key}.pictures`), join(folder, `${key}.slots`)];
  let slots = noSlots(corpus.rows.length);
  const bad = new Map<number, string>();

  const fill = async (wanted: Int32Array, broken?: Slots): Promise<void> => {
    using _held = await lock(join(folder, `${key}.lock`), () => onProgress("waiting for another run", 0, 1));
    using pictures = await Deno.open(path, { write: true, create: true });
    using slotFile = await Deno.open(index, { read: true, write: true, create: true });
    let end = await pictures.seek(0, Deno.SeekMode.End);
    slots = slotsIn(await Deno.readFile(index), corpus.rows.length, end);
    const isBroken = (example: number) =>
      broken !== undefined && Object.is(slotOf(slots, example)[0], broken[0]);
    const missing = wanted.filter((example) => !isFilled(slots, example) || isBroken(example));
    if (missing.length === 0) return;
    const write = (file: Deno.FsFile, bytes: Uint8Array, at: number) => {
      file.seekSync(at, Deno.SeekMode.Start);
      for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
    };
    let done = 0, what = "";
    const source = corpus.images(missing, async (first) => {
      what = `keeping posters, ${readable(await sized(corpus, folder, first, missing.length, keeping))}`;
    });
    await inLanes(source, async ({ example, poster }) => {
      const kept = await keeping.keep(example, poster).catch((error) => {
        if (!(error instanceof OnesheetError)) throw posterError(corpus.imageName(example), error);
        bad.set(example, oneLine(error.message));
      });
      if (kept === undefined) return;
      write(pictures, kept.data, end);
      slotOf(slots, example).set(slotFor(kept, end));
      end += kept.data.length;
      const slot = slotOf(slots, example);
      write(slotFile, new Uint8Array(slot.buffer, slot.byteOffset, SLOT), example * SLOT);
      onProgress(what, ++done, missing.length);
    });
  };

  const filled = (wanted: Int32Array, broken?: Slots): Promise<void> =>
    inCache("the posters", folder, () => fill(wanted, broken));

  await filled(examples);
  return {
    path,
    broken: bad,
    slot: (example) => slotOf(slots, example),
    again: async (example, broken) => {
      await filled(Int32Array.of(example), broken);
      const reason = bad.get(example);
      if (reason !== undefined) throw posterError(corpus.imageName(example), reason);
    },
  };
}
