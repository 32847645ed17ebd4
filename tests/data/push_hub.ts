/** A Hugging Face hub on this machine that takes commits: small files in them, large ones in a store on another port. */
import type { Places } from "../../src/data/places.ts";
import { placesIn } from "./parquet_files.ts";

/** A line of a commit. */
export interface Line {
  readonly key: string;
  readonly value: {
    readonly path?: string;
    readonly content?: string;
    readonly oid?: string;
    readonly summary?: string;
  };
}

/** What a hub has taken, and what it was asked. */
export interface Taken {
  /** Requests to the hub: method and path. */
  readonly asked: string[];
  readonly created: Record<string, unknown>[];
  readonly branches: string[];
  /** Contents by SHA-256. */
  readonly stored: Map<string, Uint8Array>;
  readonly commits: { readonly revision: string; readonly lines: readonly Line[] }[];
  /** Headers that the store was sent. */
  readonly storeHeaders: Headers[];
}

/** How a test's hub differs from a good one; `turn` counts earlier requests of the method and path. */
export interface PushFaults {
  readonly hub?: (request: Request, path: string, turn: number) => Response | undefined;
  readonly store?: (request: Request, turn: number) => Response | undefined | Promise<Response | undefined>;
  /** Parts of a file that the store takes at a time. */
  readonly chunk?: number;
}

/** What a test has. */
export interface PushHub {
  readonly places: Places;
  readonly taken: Taken;
  /** A folder with README.md and model.safetensors. */
  readonly folder: string;
}

/** The token of the only account. */
export const TOKEN = "own.token-1";

const sentence = (status: number, error: string, headers: Record<string, string> = {}): Response =>
  Response.json({ error }, { status, headers });

/** Answers of the hub itself. */
async function answer(
  request: Request,
  path: string,
  taken: Taken,
  store: string,
  chunk: number | undefined,
): Promise<Response> {
  if (request.headers.get("authorization") !== `Bearer ${TOKEN}`) {
    return sentence(401, "Invalid username or password.");
  }
  if (path === "/api/repos/create") {
    taken.created.push(await request.json());
    return Response.json({ url: "x", id: "me/films" });
  }
  const [, branch] = /\/branch\/(.+)$/.exec(path) ?? [];
  if (branch !== undefined) {
    taken.branches.push(decodeURIComponent(branch));
    return new Response("");
  }
  if (path.includes("/preupload/")) {
    const { files } = await request.json();
    return Response.json({
      files: files.map(({ path }: { path: string }) => ({
        path,
        uploadMode: path.endsWith(".safetensors") ? "lfs" : "regular",
      })),
    });
  }
  if (path.endsWith("/info/lfs/objects/batch")) {
    const { objects } = await request.json();
    return Response.json({
      transfer: "basic",
      objects: objects.map(({ oid, size }: { oid: string; size: number }) => {
        if (taken.stored.has(oid)) return { oid, size };
        const href = `${store}/${oid}?signature=secret`;
        const parts = chunk === undefined ? undefined : Object.fromEntries(
          Array.from({ length: Math.ceil(size / chunk) }, (_, i) => [`${i + 1}`, `${href}&part=${i}`]),
        );
        return {
          oid,
          size,
          actions: { upload: { href, header: parts && { chunk_size: `${chunk}`, ...parts } } },
        };
      }),
    });
  }
  const [, revision] = /\/commit\/(.+)$/.exec(path) ?? [];
  if (revision !== undefined) {
    const lines = (await request.text()).split("\n").map((line) => JSON.parse(line));
    taken.commits.push({ revision: decodeURIComponent(revision), lines });
    return Response.json({ commitOid: "1".repeat(40), commitUrl: "x" });
  }
  return sentence(404, "Repository not found");
}

/** Runs a test with such a hub and little patience. */
export async function withPushHub(
  test: (hub: PushHub) => Promise<void>,
  { hub, store, chunk }: PushFaults = {},
): Promise<void> {
  const taken: Taken = {
    asked: [],
    created: [],
    branches: [],
    stored: new Map(),
    commits: [],
    storeHeaders: [],
  };
  const turns = new Map<string, number>();
  const turnOf = (key: string): number => {
    const turn = turns.get(key) ?? 0;
    turns.set(key, turn + 1);
    return turn;
  };
  const cut = () => new Response("", { status: 500 }); // what a fault breaks is no failure of the test
  const local = { hostname: "127.0.0.1", port: 0, onListen: () => {}, onError: cut };
  await using storing = Deno.serve(local, async (request) => {
    const { pathname, searchParams } = new URL(request.url), oid = pathname.slice(1);
    taken.storeHeaders.push(request.headers);
    const other = await store?.(request, turnOf(request.method + request.url));
    if (other !== undefined) return other;
    const part = searchParams.get("part");
    if (request.method === "POST") return Response.json({});
    const bytes = await request.bytes(), before = taken.stored.get(oid) ?? new Uint8Array();
    const start = Number(part ?? 0) * (chunk ?? 0);
    const whole = new Uint8Array(Math.max(before.length, start + bytes.length));
    whole.set(before);
    whole.set(bytes, start);
    taken.stored.set(oid, whole);
    return new Response("", { headers: { etag: `"${part}"` } });
  });
  const address = `http://127.0.0.1:${storing.addr.port}`;
  await using serving = Deno.serve(local, async (request) => {
    const path = new URL(request.url).pathname;
    taken.asked.push(`${request.method} ${path}`);
    const other = hub?.(request, path, turnOf(request.method + path));
    return other ?? await answer(request, path, taken, address, chunk);
  });
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/README.md`, "# a card");
    await Deno.writeFile(`${folder}/model.safetensors`, Uint8Array.of(1, 2, 3));
    const patience = { tries: 3, pause: 1, longest: 50, quiet: 5000 };
    const places = {
      ...placesIn(folder),
      hub: `http://127.0.0.1:${serving.addr.port}`,
      token: TOKEN,
      patience,
    };
    await test({ places, taken, folder });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
