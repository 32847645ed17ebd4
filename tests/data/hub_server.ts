/**
 * A Hugging Face hub on this machine, for tests: the parts of its API that are used (information, listings in pages,
 * paths, files), with small files served by itself and large ones by a store on another port, as the hub does it.
 */
import { createHash } from "node:crypto";
import type { Places } from "../../src/data/places.ts";
import { serveStore, type Store, type StoreRequest, type Trouble } from "./hub_store.ts";
import { withDataset } from "./parquet_files.ts";

/** Contents by name. */
export type Files = Readonly<Record<string, Uint8Array>>;

/** A repository. */
export interface Repository {
  /** What it holds. */
  readonly type: "model" | "dataset";
  /** `owner/name`. */
  readonly name: string;
  /** Its files by commit. */
  readonly commits: Readonly<Record<string, Files>>;
  /** The commit of its main branch; a test may move it. */
  main: string;
}

/** A commit's name. */
export const commit = (digit: number): string => `${digit}`.repeat(40);

/** A repository with one commit. */
export const repository = (type: Repository["type"], name: string, files: Files): Repository => ({
  type,
  name,
  commits: { [commit(1)]: files },
  main: commit(1),
});

const hex = (algorithm: string, ...parts: (string | Uint8Array)[]): string => {
  const hash = createHash(algorithm);
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
};

/** SHA-256 of these bytes, which is also their name in the store. */
export const sha256 = (bytes: Uint8Array): string => hex("sha256", bytes);
const gitOid = (bytes: Uint8Array) => hex("sha1", `blob ${bytes.length}\0`, bytes);
const isLarge = (path: string) => /\.(parquet|safetensors|bin)$/.test(path);

/** A file as listings have it. */
export function listed(path: string, bytes: Uint8Array): Record<string, unknown> {
  const oid = gitOid(bytes), size = bytes.length;
  if (!isLarge(path)) return { type: "file", path, size, oid };
  const pointer = new TextEncoder().encode(`pointer to ${sha256(bytes)}`);
  return {
    type: "file",
    path,
    size,
    oid: gitOid(pointer),
    lfs: { oid: sha256(bytes), size, pointerSize: pointer.length },
    xetHash: hex("sha256", "xet", bytes),
  };
}

const folders = (files: Files): string[] => [
  ...new Set(Object.keys(files).filter((path) => path.includes("/")).map((path) => path.split("/")[0])),
];

/** How a test's hub differs from a good one. */
export interface Faults {
  /** Answers in the hub's place; `turn` counts earlier requests for the same address. */
  readonly hub?: (request: Request, turn: number) => Response | undefined | Promise<Response | undefined>;
  /** What goes wrong at the store. */
  readonly store?: (request: StoreRequest) => Trouble | undefined;
  /** What the entries of a listing become. */
  readonly entry?: (entry: Record<string, unknown>) => Record<string, unknown>;
}

/** What a test has. */
export interface Hub {
  /** Of this hub, with an empty cache folder and little patience. */
  readonly places: Places;
  /** A folder for anything else. */
  readonly folder: string;
  /** What was asked of the hub: method, path and query, with `Authorization` if one came. */
  readonly asked: string[];
  /** The store for large files. */
  readonly store: Store;
}

const refused = (status: number, code: string): Response =>
  Response.json({ error: code }, { status, headers: { "x-error-code": code } });

/** Entries in a page of a listing. */
const PAGE = 4;

function serve(repositories: readonly Repository[], faults: Faults, asked: string[], store: Store) {
  const turns = new Map<string, number>();
  const entryOf = faults.entry ?? ((entry) => entry);

  function listing(url: URL, files: Files): Response {
    const all = [
      ...folders(files).map((path) => ({ type: "directory", path, size: 0, oid: "0" })),
      ...Object.entries(files).map(([path, bytes]) => entryOf(listed(path, bytes))),
    ];
    const start = Number(url.searchParams.get("cursor") ?? 0), end = start + PAGE;
    url.searchParams.set("cursor", `${end}`);
    return Response.json(all.slice(start, end), {
      headers: end < all.length ? { link: `<${url.href}>; rel="next"` } : {},
    });
  }

  function file(request: Request, sha: string, path: string, bytes: Uint8Array | undefined): Response {
    if (bytes === undefined) return refused(404, "EntryNotFound");
    const headers: Record<string, string> = { "x-repo-commit": sha, "accept-ranges": "bytes" };
    if (isLarge(path)) {
      const linked = { "x-linked-etag": `"${sha256(bytes)}"`, "x-linked-size": `${bytes.length}` };
      const location = `${store.address}/${sha256(bytes)}?signature=secret`;
      return new Response(null, { status: 302, headers: { ...headers, ...linked, location } });
    }
    const start = Number(/^bytes=(\d+)-/.exec(request.headers.get("range") ?? "")?.[1] ?? 0);
    const range = `bytes ${start}-${bytes.length - 1}/${bytes.length}`;
    return new Response(bytes.slice(start), {
      status: start > 0 ? 206 : 200,
      headers: { ...headers, etag: `"${gitOid(bytes)}"`, ...(start > 0 && { "content-range": range }) },
    });
  }

  async function answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const [, api, type, owner, name, verb, revision, path] =
      /^\/(api\/)?(?:(models|datasets)\/)?([^/]+)\/([^/]+)\/(revision|tree|paths-info|resolve)\/([^/]+)\/?(.*)$/
        .exec(url.pathname) ?? [];
    const repo = repositories.find((r) =>
      r.name === `${owner}/${name}` && r.type === (type === "datasets" ? "dataset" : "model")
    );
    if (repo === undefined) {
      return request.headers.has("authorization")
        ? refused(404, "RepoNotFound")
        : refused(401, "RepoNotFound");
    }
    const sha = revision === "main" ? repo.main : revision;
    const files = repo.commits[sha];
    if (files === undefined) return refused(404, "RevisionNotFound");
    if (!api) return file(request, sha, decodeURIComponent(path), files[decodeURIComponent(path)]);
    if (verb === "revision") {
      return Response.json({ _id: "1", id: repo.name, lastModified: "2025-01-01T00:00:00.000Z", sha });
    }
    if (verb === "tree") return listing(url, files);
    const { paths } = await request.json();
    return Response.json(
      Object.keys(files).filter((path) => paths.includes(path)).map((path) =>
        entryOf(listed(path, files[path]))
      ),
    );
  }

  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { pathname, search } = new URL(request.url), token = request.headers.get("authorization");
    asked.push([request.method, pathname + search, ...(token === null ? [] : [token])].join(" "));
    const turn = turns.get(pathname) ?? 0;
    turns.set(pathname, turn + 1);
    return await faults.hub?.(request, turn) ?? await answer(request);
  });
}

/** Runs a test with a hub that has these repositories. */
export async function withHub(
  repositories: readonly Repository[],
  test: (hub: Hub) => Promise<void>,
  faults: Faults = {},
): Promise<void> {
  const bySha = (path: string) =>
    repositories.flatMap(({ commits }) => Object.values(commits).flatMap((files) => Object.values(files)))
      .find((bytes) => `/${sha256(bytes)}` === path);
  await using store = serveStore(bySha, faults.store ?? (() => undefined));
  const asked: string[] = [];
  await using server = serve(repositories, faults, asked, store);
  await withDataset({}, async (folder, usual) => {
    const places = { ...usual, hub: `http://127.0.0.1:${(server.addr as Deno.NetAddr).port}` };
    await test({ places, folder, asked, store });
  });
}
