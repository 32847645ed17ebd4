/**
 * Files of the Hugging Face hub. What is on this machine, in our cache folder or in that of Hugging Face's own tools, is
 * used without asking the hub; the first question fixes the commit that everything of the repository is fetched from.
 */
import { dirname, join } from "node:path";
import { OnesheetError } from "../base/errors.ts";
import { inCache } from "../base/cache.ts";
import { writeFileWhole } from "../base/files.ts";
import { lock } from "../base/lock.ts";
import { convert, readSafetensorsIndex, SAFETENSORS, SAFETENSORS_INDEX } from "../base/safetensors_index.ts";
import { keptDataset, keptFile, keptList, listPath } from "./hub/kept.ts";
import { type Entry, fileAt, filesAt, headOf, parquetAt } from "./hub/listing.ts";
import { obtainAll } from "./hub/obtain.ts";
import { folderOf, hasFile, ownRoot, pinned, refOf } from "./hub/snapshots.ts";
import { demandInside, demandRepoName, quoted, type Topic } from "./hub/topic.ts";
import { type Places, usualPlaces } from "./places.ts";
import type { OpenOptions } from "./source.ts";

export { HubUnreachable } from "./hub/refusals.ts";

async function keep(path: string, text: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await writeFileWhole(path, text);
}

/** The commit to fetch from: the one that was begun with, else the one that the hub has now, which is then kept. */
async function commitOf(topic: Topic): Promise<string> {
  const root = ownRoot(topic.places);
  const known = await pinned(root, topic.repo);
  if (known !== undefined) return known;
  const commit = await headOf(topic);
  await keep(refOf(root, topic.repo), commit);
  return commit;
}

/** A data set's files at a commit, asked for once. */
async function listOf(topic: Topic, commit: string): Promise<Entry[]> {
  const known = await keptList(topic, commit);
  if (known !== undefined) return known;
  const entries = await parquetAt(topic, commit);
  await keep(listPath(topic, commit), JSON.stringify(entries));
  return entries;
}

/** What is here, else what is fetched; one process at a time fetches from a repository. */
async function keptOrFetched(
  topic: Topic,
  onProgress: OpenOptions["onProgress"],
  kept: () => Promise<string | undefined>,
  fetched: () => Promise<string>,
): Promise<string> {
  demandRepoName(topic);
  const here = await kept();
  if (here !== undefined) return here;
  const waiting = `waiting for another process that fetches from ${topic.repo.name}`;
  const path = `${folderOf(ownRoot(topic.places), topic.repo)}.lock`;
  using _held = await lock(path, () => onProgress?.(waiting, 0, 1));
  return await kept() ?? await inCache(topic.what, topic.places.cache, fetched);
}

/**
 * The path of one file of a model repository, such as `tokenizer.json` of `google-bert/bert-base-uncased`.
 * `onProgress` hears of bytes.
 *
 * Errors: the hub cannot be reached or may not be asked (`HubUnreachable`); no such repository or file, or no access to
 * it; a file that arrives broken, a connection that stays bad (the next call goes on where it stopped); a full disk.
 */
export async function fetchFile(
  repo: string,
  name: string,
  onProgress?: OpenOptions["onProgress"],
  places: Places = usualPlaces(),
): Promise<string> {
  const topic: Topic = { what: `${quoted(name)} of ${repo}`, repo: { type: "model", name: repo }, places };
  demandInside(topic, name);
  return await keptOrFetched(topic, onProgress, () => keptFile(topic, name), async () => {
    const commit = await commitOf(topic);
    const folder = await obtainAll(topic, commit, [await fileAt(topic, commit, name)], onProgress);
    return join(folder, name);
  });
}

/** The weights that are here: a file, or an index beside all the files that it names. */
async function keptWeights(topic: Topic): Promise<string | undefined> {
  const file = await keptFile(topic, SAFETENSORS);
  if (file !== undefined) return file;
  const index = await keptFile(topic, SAFETENSORS_INDEX);
  if (index === undefined) return undefined;
  const names = new Set((await readSafetensorsIndex(index)).values());
  for (const name of names) if (!await hasFile(join(dirname(index), name))) return undefined;
  return index;
}

/** Fetches the weights at a commit. */
async function fetchedWeights(topic: Topic, onProgress: OpenOptions["onProgress"]): Promise<string> {
  const commit = await commitOf(topic), pickle = "pytorch_model.bin";
  const listed = await filesAt(topic, commit, [
    SAFETENSORS,
    SAFETENSORS_INDEX,
    pickle,
    `${pickle}.index.json`,
  ]);
  const entry = (name: string) => listed.find(({ path }) => path === name);
  const main = entry(SAFETENSORS) ?? entry(SAFETENSORS_INDEX);
  if (main === undefined) {
    const found = listed.length > 0 ? `${listed[0].path} alone; ${convert(topic.repo.name)}` : "none";
    throw new OnesheetError(
      `Cannot fetch ${topic.what}: expected ${SAFETENSORS} in the repository, found ${found}`,
    );
  }
  const folder = await obtainAll(topic, commit, [main], onProgress), path = join(folder, main.path);
  if (main.path === SAFETENSORS) return path;
  const names = [...new Set((await readSafetensorsIndex(path)).values())];
  const parts = await filesAt(topic, commit, names);
  const missing = names.find((name) => !parts.some(({ path }) => path === name));
  if (missing !== undefined) {
    throw new OnesheetError(
      `Cannot fetch ${topic.what}: expected ${
        quoted(missing)
      }, which ${SAFETENSORS_INDEX} names, found no such file`,
    );
  }
  await obtainAll(topic, commit, parts, onProgress);
  return path;
}

/**
 * The path of a model repository's `model.safetensors`, or of its index where the weights are in several files, which
 * then lie beside it. `onProgress` hears of bytes.
 *
 * Errors: as `fetchFile`; a repository without either.
 */
export async function fetchWeights(
  repo: string,
  onProgress?: OpenOptions["onProgress"],
  places: Places = usualPlaces(),
): Promise<string> {
  const topic: Topic = {
    what: `${quoted(SAFETENSORS)} of ${repo}`,
    repo: { type: "model", name: repo },
    places,
  };
  return await keptOrFetched(
    topic,
    onProgress,
    () => keptWeights(topic),
    () => fetchedWeights(topic, onProgress),
  );
}

/**
 * The folder of a data set repository's parquet files, several of which are downloaded at a time. `onProgress` hears of
 * bytes.
 *
 * Errors: as `fetchFile`; a repository without parquet files.
 */
export async function fetchDataset(
  repo: string,
  onProgress?: OpenOptions["onProgress"],
  places: Places = usualPlaces(),
): Promise<string> {
  const topic: Topic = { what: `the data set ${repo}`, repo: { type: "dataset", name: repo }, places };
  return await keptOrFetched(topic, onProgress, () => keptDataset(topic), async () => {
    const commit = await commitOf(topic);
    return await obtainAll(topic, commit, await listOf(topic, commit), onProgress);
  });
}
