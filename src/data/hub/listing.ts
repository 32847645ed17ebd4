/** What the hub says of a repository, through `@huggingface/hub`. */
import { datasetInfo, listFiles, modelInfo, pathsInfo } from "@huggingface/hub";
import { basename } from "node:path/posix";
import { messageOf, OnesheetError } from "../../base/errors.ts";
import { isParquet } from "../shards.ts";
import { askingWhole } from "./ask.ts";
import { demandApart, demandInside, isCommit, pageOf, type Topic } from "./topic.ts";

/** A file of a repository. */
export interface Entry {
  /** Its name there. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** What its content must give. */
  readonly digest: { readonly kind: "SHA-256" | "git object"; readonly hex: string };
}

/** The part of the client's entries that is used; `oid` is git's, of a large file that of a pointer to it. */
interface Listed {
  readonly type: string;
  readonly path: string;
  readonly size: number;
  readonly oid?: string;
  readonly lfs?: { readonly oid: string };
}

/** The branch that is fetched from. */
const BRANCH = "main";

/** Talks to the hub through its client; what the client throws of its own becomes a sentence. */
async function talk<T>(
  topic: Topic,
  ask: (access: { hubUrl: string; fetch: typeof fetch }) => Promise<T>,
): Promise<T> {
  const { what, places: { hub } } = topic;
  try {
    return await ask({ hubUrl: hub, fetch: askingWhole(topic) });
  } catch (cause) {
    if (cause instanceof OnesheetError) throw cause;
    const found = messageOf(cause);
    throw new OnesheetError(
      `Cannot fetch ${what}: expected the answer of a Hugging Face hub from ${hub}, found another (${found}); check ` +
        "HF_ENDPOINT",
      { cause },
    );
  }
}

function entryOf(topic: Topic, { path, size, oid, lfs }: Listed): Entry {
  demandInside(topic, path);
  const hex = lfs?.oid ?? oid;
  if (hex === undefined) throw new TypeError(`no hash of "${path}"`);
  return { path, size, digest: { kind: lfs === undefined ? "git object" : "SHA-256", hex } };
}

/** The commit that the branch is at now. */
export const headOf = (topic: Topic): Promise<string> =>
  talk(topic, async (access) => {
    const { type, name } = topic.repo;
    const about = { name, revision: BRANCH, additionalFields: ["sha" as const], ...access };
    const { sha } = type === "model" ? await modelInfo(about) : await datasetInfo(about);
    if (!isCommit(sha)) throw new TypeError(`no commit, but ${JSON.stringify(sha)}`);
    return sha;
  });

/** Those of these files that a commit has. */
export const filesAt = (topic: Topic, revision: string, paths: readonly string[]): Promise<Entry[]> =>
  talk(topic, async (access) => {
    const found = await pathsInfo({ repo: topic.repo, paths: [...paths], revision, ...access });
    return found.filter(({ path, type }) => paths.includes(path) && type === "file").map((entry) =>
      entryOf(topic, entry)
    );
  });

/** The file of this name at a commit. */
export async function fileAt(topic: Topic, revision: string, path: string): Promise<Entry> {
  const [file] = await filesAt(topic, revision, [path]);
  if (file !== undefined) return file;
  throw new OnesheetError(
    `Cannot fetch ${topic.what}: the repository has no such file; ${
      pageOf(topic)
    }/tree/main shows those it has`,
  );
}

/** The parquet files at a commit. */
export const parquetAt = (topic: Topic, revision: string): Promise<Entry[]> =>
  talk(topic, async (access) => {
    const entries: Entry[] = [];
    for await (const file of listFiles({ repo: topic.repo, recursive: true, revision, ...access })) {
      if (file.type === "file" && isParquet(basename(file.path))) entries.push(entryOf(topic, file));
    }
    if (entries.length === 0) {
      throw new OnesheetError(
        `Cannot use ${topic.what}: it has no parquet files; write them in Python, ` +
          `load_dataset("${topic.repo.name}")["train"].to_parquet("DIR/train.parquet"), and use --data DIR`,
      );
    }
    demandApart(topic, entries.map(({ path }) => path));
    return entries;
  });
