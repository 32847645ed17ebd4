/** What is on this machine already; nobody is asked. */
import { join } from "node:path";
import { textIfThere } from "../read.ts";
import type { Entry } from "./listing.ts";
import {
  countsWhole,
  folderOf,
  hasAll,
  hasFile,
  ownRoot,
  parquetIn,
  pinned,
  rootsOf,
  snapshotOf,
} from "./snapshots.ts";
import type { Topic } from "./topic.ts";

/** Where the list of a data set's files at a commit is kept: a fetch that was cut short goes on without asking again. */
export const listPath = ({ repo, places }: Topic, commit: string): string =>
  join(folderOf(ownRoot(places), repo), "lists", `${commit}.json`);

/** The kept list of a data set's files at a commit. */
export async function keptList(topic: Topic, commit: string): Promise<Entry[] | undefined> {
  const text = await textIfThere(listPath(topic, commit));
  return text === undefined ? undefined : JSON.parse(text) as Entry[];
}

/** The commit that is used: ours, else that of Hugging Face's tools. */
async function usedCommit({ repo, places }: Topic): Promise<string | undefined> {
  for (const root of rootsOf(places)) {
    const commit = await pinned(root, repo);
    if (commit !== undefined) return commit;
  }
  return undefined;
}

/** The first snapshot of the used commit that suits. */
async function snapshotThat(
  suits: (folder: string, commit: string) => Promise<boolean>,
  topic: Topic,
): Promise<string | undefined> {
  const commit = await usedCommit(topic);
  if (commit === undefined) return undefined;
  for (const root of rootsOf(topic.places)) {
    const folder = snapshotOf(root, topic.repo, commit);
    if (await suits(folder, commit)) return folder;
  }
  return undefined;
}

/** The path of a file that is here. */
export async function keptFile(topic: Topic, name: string): Promise<string | undefined> {
  const folder = await snapshotThat((folder) => hasFile(join(folder, name)), topic);
  return folder === undefined ? undefined : join(folder, name);
}

/** The folder of a data set that is here with all of its files. */
export const keptDataset = (topic: Topic): Promise<string | undefined> =>
  snapshotThat(async (folder, commit) => {
    const list = await keptList(topic, commit);
    return list === undefined ? countsWhole(await parquetIn(folder)) : await hasAll(folder, list);
  }, topic);
