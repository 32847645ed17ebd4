/**
 * Files of the Hugging Face hub, kept in the cache folder: what is there is used without asking the hub again.
 */
import { downloadFile, listFiles, pathsInfo, type RepoId } from "@huggingface/hub";
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { messageOf, OnesheetError } from "../base/errors.ts";
import { writeAll, writeFileWhole, writeWhole } from "../base/files.ts";
import { type Places, usualPlaces } from "./places.ts";
import type { OpenOptions } from "./source.ts";

/** The hub does not answer: no network, or a wrong `HF_ENDPOINT`. */
export class HubUnreachable extends OnesheetError {
  /** The class by name. */
  override name = "HubUnreachable";
}

/** What the hub says of a file. */
interface Entry {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** For a large file: its SHA-256. */
  readonly lfs?: { readonly oid: string };
}

const access = ({ hub, token }: Places) => ({ hubUrl: hub, accessToken: token });

/** Asks the hub. 30 seconds, so that a network that swallows packets is noticed; downloads take as long as they take. */
const asking = (what: string, { hub }: Places): typeof fetch => async (url, init) => {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(30_000) });
  } catch (cause) {
    throw new HubUnreachable(
      `Cannot fetch ${what}: ${hub} does not answer; check the network and HF_ENDPOINT, or use local files`,
      { cause },
    );
  }
};

const folderOf = ({ type, name }: RepoId, { cache }: Places): string =>
  join(cache, "hub", [`${type}s`, ...name.split("/")].join("--"));

const isThere = (path: string): Promise<boolean> => Deno.stat(path).then(() => true, () => false);

/** Runs a conversation with the hub; its failures become a sentence. */
async function withHub<T>(what: string, { hub }: Places, talk: () => Promise<T>): Promise<T> {
  try {
    return await talk();
  } catch (cause) {
    if (cause instanceof OnesheetError) throw cause;
    throw new OnesheetError(`Cannot fetch ${what} from ${hub}: ${messageOf(cause)}`, { cause });
  }
}

/** Streams one file to its place, whole or not at all, and checks its size and, where the hub gives one, its hash. */
async function download(
  repo: RepoId,
  { path, size, lfs }: Entry,
  target: string,
  onBytes: (count: number) => void,
  places: Places,
): Promise<void> {
  // Plain HTTP rather than the hub's chunk store: mirrors serve it too.
  const blob = await downloadFile({ repo, path, ...access(places), xet: false });
  if (blob === null) throw new OnesheetError(`Cannot fetch "${path}": ${repo.name} has no such file`);
  await Deno.mkdir(dirname(target), { recursive: true });
  await writeWhole(target, async (file) => {
    const hash = createHash("sha256");
    let count = 0;
    for await (const chunk of blob.stream()) {
      hash.update(chunk);
      await writeAll(file, chunk);
      count += chunk.length;
      onBytes(chunk.length);
    }
    const found = hash.digest("hex");
    if (count !== size || (lfs !== undefined && lfs.oid !== found)) {
      const [expected, got] = count === size ? [lfs!.oid, found] : [`${size} bytes`, `${count}`];
      throw new OnesheetError(
        `Cannot keep "${path}" of ${repo.name}: expected ${expected}, found ${got}; try again`,
      );
    }
  });
}

/** A counter of bytes that tells of whole megabytes. */
function megabytes(
  what: string,
  total: number,
  onProgress: OpenOptions["onProgress"],
): (count: number) => void {
  const whole = (bytes: number) => Math.floor(bytes / 1e6);
  let done = 0;
  return (count) => {
    const before = whole(done);
    done += count;
    if (whole(done) > before) onProgress?.(`${what} (MB)`, whole(done), whole(total));
  };
}

/**
 * The path of one file of a model repository, such as `tokenizer.json` of `google-bert/bert-base-uncased`.
 *
 * Errors: the hub cannot be reached (`HubUnreachable`), no such repository or file, a file that arrives broken.
 */
export async function fetchFile(
  repo: string,
  name: string,
  onProgress?: OpenOptions["onProgress"],
  places: Places = usualPlaces(),
): Promise<string> {
  const id: RepoId = { type: "model", name: repo };
  const target = join(folderOf(id, places), name);
  if (await isThere(target)) return target;
  const what = `"${name}" of ${repo}`;
  await withHub(what, places, async () => {
    const [entry] = await pathsInfo({
      repo: id,
      paths: [name],
      ...access(places),
      fetch: asking(what, places),
    });
    if (entry === undefined) throw new OnesheetError(`Cannot fetch ${what}: the repository has no such file`);
    await download(id, entry, target, megabytes(`fetching ${what}`, entry.size, onProgress), places);
  });
  return target;
}

/**
 * The folder of a data set repository's parquet files. An interrupted fetch goes on with the first file it lacks.
 *
 * Errors: the hub cannot be reached (`HubUnreachable`), no such repository, a file that arrives broken.
 */
export async function fetchDataset(
  repo: string,
  onProgress?: OpenOptions["onProgress"],
  places: Places = usualPlaces(),
): Promise<string> {
  const id: RepoId = { type: "dataset", name: repo };
  const folder = folderOf(id, places);
  const complete = join(folder, "complete.json");
  if (await isThere(complete)) return folder;
  const what = `the data set ${repo}`;
  await withHub(what, places, async () => {
    const entries: Entry[] = [];
    const fetch = asking(what, places);
    for await (const entry of listFiles({ repo: id, recursive: true, ...access(places), fetch })) {
      const inside = !entry.path.startsWith("/") && !entry.path.split(/[\\/]/).includes("..");
      if (entry.type === "file" && entry.path.endsWith(".parquet") && inside) entries.push(entry);
    }
    if (entries.length === 0) {
      throw new OnesheetError(`Cannot use ${what}: it has no parquet files`);
    }
    const total = entries.reduce((sum, { size }) => sum + size, 0);
    const onBytes = megabytes(`fetching ${repo}`, total, onProgress);
    for (const entry of entries) {
      const target = join(folder, entry.path);
      if (await isThere(target)) onBytes(entry.size);
      else await download(id, entry, target, onBytes, places);
    }
    await writeFileWhole(complete, JSON.stringify(entries.map(({ path, size }) => ({ path, size }))));
  });
  return folder;
}
