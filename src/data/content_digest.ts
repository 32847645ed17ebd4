/**
 * Digests of files by their content. A file that has not changed is not read again: the cache folder remembers digests
 * as git's index does, by path, device, inode, size and both times. A replaced file has another change time, also where
 * its size and modification time were set to those of the old one.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { sha256Of } from "../base/digest.ts";
import { readPacked, writePacked } from "./packed.ts";

/** Digests of the files that belong together. */
export interface ContentDigests {
  /** SHA-256 of a regular file in hexadecimal; `info` is what `Deno.stat` says of it. */
  of(path: string, info: Deno.FileInfo): Promise<string>;
  /** Remembers these digests for the next time. A cache that cannot be written to costs only time. */
  remember(): Promise<void>;
}

/** Device, inode, bytes, and times of modification and change in milliseconds. */
type Stamp = readonly [dev: number, ino: number, size: number, modified: number, changed: number];

interface Known {
  readonly stamp: Stamp;
  readonly digest: string;
}

interface Numbers {
  /** `[files, 5]` */
  readonly stamps: Float64Array;
  /** `[files, 32]` bytes of the digests. */
  readonly digests: Int32Array;
  readonly [name: string]: Float64Array | Int32Array;
}

const STAMP = 5, DIGEST = 32;

/** Files up to this size are read whole. */
const WHOLE = 2 ** 24;

/**
 * A file that changed so shortly before it was read may change once more within the same tick of its change time, which
 * some file systems give in whole seconds.
 */
const RACY = 2000;

/** Undefined where the system does not say when a file changed. */
function stampOf({ dev, ino, size, mtime, ctime }: Deno.FileInfo): Stamp | undefined {
  return ctime === null ? undefined : [dev, ino ?? 0, size, mtime?.getTime() ?? 0, ctime.getTime()];
}

const same = (a: Stamp, b: Stamp): boolean => a.every((number, i) => Object.is(number, b[i]));

const digestOf = async (path: string, size: number): Promise<string> =>
  size > WHOLE ? await sha256Of(path) : createHash("sha256").update(await Deno.readFile(path)).digest("hex");

async function load(index: string): Promise<Map<string, Known>> {
  const found = await readPacked<readonly string[], Numbers>(index);
  if (found === undefined) return new Map();
  const { about: paths, arrays: { stamps, digests } } = found;
  const bytes = new Uint8Array(digests.buffer, digests.byteOffset, digests.byteLength);
  return new Map(paths.map((path, i) => [path, {
    stamp: [...stamps.subarray(i * STAMP, (i + 1) * STAMP)] as unknown as Stamp,
    digest: bytes.subarray(i * DIGEST, (i + 1) * DIGEST).toHex(),
  }]));
}

async function save(index: string, known: ReadonlyMap<string, Known>): Promise<void> {
  const stamps = new Float64Array(known.size * STAMP), bytes = new Uint8Array(known.size * DIGEST);
  [...known.values()].forEach(({ stamp, digest }, i) => {
    stamps.set(stamp, i * STAMP);
    bytes.set(Uint8Array.fromHex(digest), i * DIGEST);
  });
  const arrays = { stamps, digests: new Int32Array(bytes.buffer) };
  await writePacked(index, { about: [...known.keys()], arrays });
}

/**
 * Opens the digests that are remembered for `owner`: the file or folder that these files belong to. `now` is the clock.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { contentDigests } from "./content_digest.ts";
 *
 * const folder = await Deno.makeTempDir(), path = `${folder}/empty`;
 * await Deno.writeTextFile(path, "");
 * const digests = await contentDigests(folder, `${folder}/cache`);
 * assertEquals((await digests.of(path, await Deno.stat(path))).slice(0, 8), "e3b0c442");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function contentDigests(
  owner: string,
  cache: string,
  now: () => number = Date.now,
): Promise<ContentDigests> {
  const name = createHash("sha256").update(owner).digest("hex").slice(0, 32);
  const index = join(cache, "digests", `${name}.index`);
  const before = await load(index),
    after = new Map<string, Known>(),
    asked = new Map<string, Promise<string>>();

  const find = async (path: string, info: Deno.FileInfo): Promise<string> => {
    const stamp = stampOf(info), known = before.get(path);
    if (stamp !== undefined && known !== undefined && same(stamp, known.stamp)) {
      after.set(path, known);
      return known.digest;
    }
    const started = now(), digest = await digestOf(path, info.size);
    if (stamp !== undefined && started - stamp[4] >= RACY) after.set(path, { stamp, digest });
    return digest;
  };
  return {
    of: (path, info) => {
      const digest = asked.get(path) ?? find(path, info);
      asked.set(path, digest);
      return digest;
    },
    remember: async () => {
      const isKnown = after.size === before.size &&
        [...after].every(([path, one]) => before.get(path) === one);
      if (!isKnown) await save(index, after).catch(() => {});
    },
  };
}
