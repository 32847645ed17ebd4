/** Bringing files of a repository to their places: several at a time, each whole and checked or not there. */
import { dirname, join } from "node:path";
import { gitOidOf, sha256Of } from "../../base/digest.ts";
import { download, type DownloadOptions, sizeOf, WrongContent } from "../../base/download.ts";
import { syncFolder } from "../../base/files.ts";
import { inParallel } from "../../base/parallel.ts";
import { freeBytes, isNoSpace, noSpace, readable } from "../../base/space.ts";
import type { OpenOptions } from "../source.ts";
import { asking } from "./ask.ts";
import type { Entry } from "./listing.ts";
import { hasFile, ownRoot, snapshotOf } from "./snapshots.ts";
import { addressOf, type Topic } from "./topic.ts";

/** Files that are downloaded at the same time. */
const WIDTH = 4;

/** Of a file that is not whole yet; it outlives a failure, so that the next try goes on from there. */
const partOf = (target: string): string => `${target}.part`;

/** Refuses a file that is not the one the hub listed. */
async function verify({ repo }: Topic, { path, digest: { kind, hex } }: Entry, part: string): Promise<void> {
  const found = await (kind === "SHA-256" ? sha256Of : gitOidOf)(part);
  if (found === hex) return;
  throw new WrongContent(
    `Cannot keep "${path}" of ${repo.name}: expected ${kind} ${hex}, found ${found} twice; try again later, or look ` +
      "for a proxy that changes what it passes on",
  );
}

/** Downloads one file, or what is missing of it; one that is not as listed is thrown away and fetched once more. */
async function obtain(
  topic: Topic,
  commit: string,
  entry: Entry,
  target: string,
  options: Omit<DownloadOptions, "bytes">,
): Promise<void> {
  const { repo, places } = topic;
  const part = partOf(target);
  await Deno.mkdir(dirname(target), { recursive: true });
  const shared = places.shared && join(snapshotOf(places.shared, repo, commit), entry.path);
  // What cannot be copied is downloaded.
  if (shared && await hasFile(shared, entry.size)) await Deno.copyFile(shared, part).catch(() => {});
  for (const last of [false, true]) {
    try {
      await download(addressOf(topic, commit, entry.path), part, { ...options, bytes: entry.size });
      await verify(topic, entry, part);
      break;
    } catch (error) {
      if (!(error instanceof WrongContent)) throw error;
      await Deno.remove(part);
      if (last) throw error;
    }
  }
  await Deno.rename(part, target);
  await syncFolder(dirname(target));
}

/** Adds up the bytes of several files; what is told never goes back, though a file may begin again. */
function tally(tell: (done: number) => void): (path: string, bytes: number) => void {
  const counts = new Map<string, number>();
  let told = 0;
  return (path, bytes) => {
    counts.set(path, bytes);
    tell(told = Math.max(told, counts.values().reduce((sum, count) => sum + count, 0)));
  };
}

/**
 * Sees to it that a snapshot has these files and returns its folder. `onProgress` hears of bytes.
 *
 * Errors: what the hub refuses, a connection that stays bad, a file that is not as listed, a full disk; what was
 * fetched until then is kept.
 */
export async function obtainAll(
  topic: Topic,
  commit: string,
  entries: readonly Entry[],
  onProgress: OpenOptions["onProgress"],
): Promise<string> {
  const { what, repo, places } = topic;
  const folder = snapshotOf(ownRoot(places), repo, commit);
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  const count = tally((done) => onProgress?.(`fetching ${what} (bytes)`, done, total));
  const missing: Entry[] = [];
  let needed = 0;
  for (const entry of entries) {
    const target = join(folder, entry.path);
    const there = await hasFile(target, entry.size);
    const have = there ? entry.size : Math.min(entry.size, await sizeOf(partOf(target)));
    count(entry.path, have);
    needed += entry.size - have;
    if (!there) missing.push(entry);
  }
  const small = (found: string, cause?: unknown) =>
    noSpace(`keep ${what}`, places.cache, needed, found, cause);
  const free = await freeBytes(places.cache);
  if (free !== undefined && free < needed) throw small(readable(free));
  const request = asking(topic);
  try {
    await inParallel(missing, WIDTH, async (entry, signal) => {
      const onBytes = (bytes: number) => count(entry.path, bytes);
      const options = { request, signal, onBytes, ...(places.patience && { patience: places.patience }) };
      await obtain(topic, commit, entry, join(folder, entry.path), options);
      onBytes(entry.size);
    });
  } catch (error) {
    throw isNoSpace(error) ? small("a full disk", error) : error;
  }
  return folder;
}
