/**
 * Folders of fetched repositories, laid out as Hugging Face's tools do it: `models--owner--name/refs/main` holds the
 * commit, `models--owner--name/snapshots/<commit>/` its files. Our own cache and the shared one are read alike.
 */
import { join } from "node:path";
import { readText } from "../../base/text.ts";
import { isLeftover } from "../../base/leftover.ts";
import type { Places } from "../places.ts";
import { isParquet } from "../shards.ts";
import type { Entry } from "./listing.ts";
import { isCommit, type Repo } from "./topic.ts";

/** Where our own snapshots are. */
export const ownRoot = ({ cache }: Places): string => join(cache, "hub");

/** Everywhere that snapshots may be, ours first. */
export const rootsOf = (places: Places): string[] => [
  ownRoot(places),
  ...(places.shared === undefined ? [] : [places.shared]),
];

/** The folder of a repository. */
export const folderOf = (root: string, { type, name }: Repo): string =>
  join(root, [`${type}s`, ...name.split("/")].join("--"));

/** The folder of its files at a commit. */
export const snapshotOf = (root: string, repo: Repo, commit: string): string =>
  join(folderOf(root, repo), "snapshots", commit);

/** The file that says which commit is used. */
export const refOf = (root: string, repo: Repo): string => join(folderOf(root, repo), "refs", "main");

/** The commit that is used; undefined when nothing of the repository is there. */
export async function pinned(root: string, repo: Repo): Promise<string | undefined> {
  const text = await readText(refOf(root, repo)).catch(() => "");
  return isCommit(text.trim()) ? text.trim() : undefined;
}

/** Whether the file is there, with this size if one is given. */
export const hasFile = (path: string, size?: number): Promise<boolean> =>
  Deno.stat(path).then((stat) => stat.isFile && (size === undefined || stat.size === size), () => false);

/** Whether a snapshot has all of these files. */
export async function hasAll(snapshot: string, entries: readonly Entry[]): Promise<boolean> {
  for (const { path, size } of entries) if (!await hasFile(join(snapshot, path), size)) return false;
  return true;
}

/** Names of the parquet files in and below a folder, from there; none when it cannot be read. */
export async function parquetIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = join(folder, name);
      if (isLeftover(name)) continue;
      if (isDirectory) names.push(...(await parquetIn(path)).map((inner) => join(name, inner)));
      else if (isParquet(name) && await hasFile(path)) names.push(name);
    }
  } catch {
    return [];
  }
  return names;
}

/**
 * Whether names like `train-00003-of-00011.parquet` are all there, as they count themselves; of names that do not count
 * themselves nobody can tell.
 */
export const countsWhole = (names: readonly string[]): boolean =>
  names.length > 0 && names.every((name) => {
    const [, head, total] = /^(.*-)\d+-of-(\d+)\.parquet$/.exec(name) ?? [];
    const isSibling = (other: string) =>
      other.startsWith(head) && /^\d+-of-\d+\.parquet$/.test(other.slice(head.length)) &&
      other.endsWith(`-of-${total}.parquet`);
    return head !== undefined && names.filter(isSibling).length === Number(total);
  });
