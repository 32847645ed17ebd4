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

/** Whether a file of this name stays inside the folder it is placed in, on any system. */
const staysInside = (path: string): boolean =>
  !/[\0:\\]/.test(path) && path.split("/").every((part) => part !== "" && part !== "." && part !== "..");

/** Refuses a file name that leads out of the repository's folder. */
export function demandInside({ what, repo }: Topic, path: string): void {
  if (staysInside(path)) return;
  throw new OnesheetError(
    `Cannot fetch ${what}: expected file names inside the repository, found ${
      JSON.stringify(path)
    } in ${repo.name}`,
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
