/** What a conversation with the hub is about; its names are checked before they become addresses and paths. */
import { OnesheetError } from "../../base/errors.ts";
import type { Places } from "../places.ts";

/** A repository of the hub. */
export interface Repo {
  /** What it holds. */
  readonly type: "model" | "dataset";
  /** `owner/name`, or `name` for the oldest. */
  readonly name: string;
}

/** One conversation. */
export interface Topic {
  /** What is to be fetched, in words. */
  readonly what: string;
  /** From which repository. */
  readonly repo: Repo;
  /** Where the hub and the caches are. */
  readonly places: Places;
}

/** Whether this can be the name of a repository: `owner/name` or `name`. */
export const isRepoName = (name: string): boolean => /^[\w-][\w.-]*(\/[\w-][\w.-]*)?$/.test(name);

/** Refuses what cannot be the name of a repository. */
export function demandRepoName({ what, repo }: Topic): void {
  if (isRepoName(repo.name)) return;
  throw new OnesheetError(
    `Cannot fetch ${what}: expected a repository such as google-bert/bert-base-uncased, found "${repo.name}"`,
    { exitCode: 2 },
  );
}

/** Whether a file of this name stays inside the folder it is placed in, on any system; control characters are refused. */
const staysInside = (path: string): boolean =>
  !/[\p{Cc}:\\]/u.test(path) && path.split("/").every((part) => part !== "" && part !== "." && part !== "..");

/** Characters of a file name; more, and the folders above it may not leave room for it. */
const LONGEST = 240;

/** A name of a stranger's as a sentence may have it: short, and without what a terminal obeys. */
export const quoted = (name: string): string =>
  JSON.stringify(name.slice(0, LONGEST)).replace(
    /\p{Cc}/gu,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** Refuses a file name that leads out of the repository's folder, or that is too long for a disk. */
export function demandInside({ what, repo }: Topic, path: string): void {
  const inside = staysInside(path);
  if (inside && path.length <= LONGEST) return;
  const expected = inside ? `of at most ${LONGEST} characters` : "inside the repository";
  throw new OnesheetError(
    `Cannot fetch ${what}: expected file names ${expected}, found ${quoted(path)} in ${repo.name}`,
  );
}

/** The folders above a file: of `a/b/c` they are `a` and `a/b`. */
const foldersOf = (path: string): string[] =>
  path.split("/").slice(0, -1).map((_, i, parts) => parts.slice(0, i + 1).join("/"));

/** Refuses a list of files in which one takes the place of another: the same name twice, or one that is also a folder. */
export function demandApart({ what, repo }: Topic, paths: readonly string[]): void {
  const names = new Set<string>();
  const again = paths.find((path) => names.size === names.add(path).size);
  const taken = again ?? paths.flatMap(foldersOf).find((folder) => names.has(folder));
  if (taken === undefined) return;
  throw new OnesheetError(
    `Cannot fetch ${what}: expected every file to have a name of its own, found ${
      quoted(taken)
    } of ${repo.name} ` +
      (again === undefined ? "as a folder, too" : "twice"),
  );
}

/** Whether this can be the name of a commit. */
export const isCommit = (text: string): boolean => /^[0-9a-f]{40}$/.test(text);

const encoded = (path: string): string => path.split("/").map(encodeURIComponent).join("/");

/** The repository's page on the hub. */
export const pageOf = ({ repo, places }: Topic): string =>
  `${places.hub}/${repo.type === "dataset" ? "datasets/" : ""}${repo.name}`;

/** The address of one of its files at a commit. */
export const addressOf = (topic: Topic, commit: string, path: string): string =>
  `${pageOf(topic)}/resolve/${commit}/${encoded(path)}`;
