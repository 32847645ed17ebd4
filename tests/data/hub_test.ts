import { assert, assertEquals, assertRejects } from "@std/assert";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { OnesheetError } from "../../src/base/errors.ts";
import type { Places } from "../../src/data/places.ts";
import { fetchDataset, fetchFile, HubUnreachable } from "../../src/data/hub.ts";
import { withDataset } from "./parquet_files.ts";

type Files = Record<string, Uint8Array>;

/** A hub with one repository on this machine; `spoil` changes what is sent for a path. */
async function withHub(
  files: Files,
  test: (asked: string[], places: Places) => Promise<void>,
  spoil: (path: string, bytes: Uint8Array) => Uint8Array = (_, bytes) => bytes,
): Promise<void> {
  const asked: string[] = [];
  const entry = ([path, bytes]: [string, Uint8Array]) => {
    const oid = createHash("sha256").update(bytes).digest("hex");
    return {
      type: "file",
      path,
      size: bytes.length,
      oid: "0",
      lfs: { oid, size: bytes.length, pointerSize: 130 },
    };
  };
  const answer = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const [, path] = pathname.split("/resolve/main/");
    if (pathname.endsWith("/tree/main")) {
      return Response.json([
        { type: "directory", path: "data", size: 0 },
        ...Object.entries(files).map(entry),
      ]);
    }
    if (pathname.endsWith("/paths-info/main")) {
      const { paths } = await request.json();
      return Response.json(Object.entries(files).filter(([name]) => paths.includes(name)).map(entry));
    }
    if (!(path in files)) return Response.json({ error: "Repository not found" }, { status: 404 });
    const headers = { ETag: '"1"', "Content-Range": `bytes 0-0/${files[path].length}` };
    if (request.headers.has("Range")) return new Response(files[path].slice(0, 1), { status: 206, headers });
    asked.push(path);
    return new Response(spoil(path, files[path]).slice());
  };
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answer);
  const { port } = server.addr as Deno.NetAddr;
  await withDataset({}, (_, places) => test(asked, { ...places, hub: `http://127.0.0.1:${port}` }));
}

const large = new Uint8Array(2_500_000).map((_, i) => i * i % 251);

Deno.test("a data set's parquet files are fetched once, with progress in megabytes", async () => {
  const files = {
    "data/train-0.parquet": large,
    "data/train-1.parquet": Uint8Array.of(1, 2),
    "README.md": Uint8Array.of(3),
  };
  await withHub(files, async (asked, places) => {
    const told: number[] = [];
    const folder = await fetchDataset("owner/films", (_, done, total) => told.push(done, total), places);
    assert(folder.startsWith(places.cache));
    assertEquals(await Deno.readFile(join(folder, "data/train-0.parquet")), large);
    assertEquals(await Deno.readFile(join(folder, "data/train-1.parquet")), Uint8Array.of(1, 2));
    assertEquals(told.slice(-2), [2, 2]);
    assertEquals(await fetchDataset("owner/films", undefined, places), folder);
    assertEquals(asked, ["data/train-0.parquet", "data/train-1.parquet"]);
  });
});

Deno.test("what arrives broken is not kept, what arrived whole is not fetched again", async () => {
  const files = { "a.parquet": Uint8Array.of(1, 2, 3), "b.parquet": Uint8Array.of(4, 5, 6) };
  let broken = true;
  await withHub(files, async (asked, places) => {
    await assertRejects(
      () => fetchDataset("owner/films", undefined, places),
      OnesheetError,
      'Cannot keep "b.parquet"',
    );
    broken = false;
    const folder = await fetchDataset("owner/films", undefined, places);
    assertEquals(await Deno.readFile(join(folder, "b.parquet")), Uint8Array.of(4, 5, 6));
    assertEquals(asked, ["a.parquet", "b.parquet", "b.parquet"]);
  }, (path, bytes) => broken && path === "b.parquet" ? Uint8Array.of(4, 5, 7) : bytes);
});

Deno.test("a file that is cut short on the way is not kept", async () => {
  await withHub({ "vocab.txt": large }, async (_, places) => {
    await assertRejects(
      () => fetchFile("owner/model", "vocab.txt", undefined, places),
      OnesheetError,
      "expected 2500000 bytes, found 9",
    );
    await assertRejects(
      () => Deno.stat(join(places.cache, "hub/models--owner--model/vocab.txt")),
      Deno.errors.NotFound,
    );
  }, (_, bytes) => bytes.subarray(0, 9));
});

Deno.test("a model's file is fetched once; a name it does not have and an empty data set are said", async () => {
  await withHub({ "tokenizer.json": Uint8Array.of(7, 8) }, async (asked, places) => {
    const path = await fetchFile("owner/model", "tokenizer.json", undefined, places);
    assertEquals(await Deno.readFile(path), Uint8Array.of(7, 8));
    assertEquals(await fetchFile("owner/model", "tokenizer.json", undefined, places), path);
    assertEquals(asked, ["tokenizer.json"]);
    await assertRejects(
      () => fetchFile("owner/model", "absent.json", undefined, places),
      OnesheetError,
      "has no such file",
    );
    await assertRejects(
      () => fetchDataset("owner/films", undefined, places),
      OnesheetError,
      "it has no parquet files",
    );
  });
});

Deno.test("a file of the repository cannot be placed outside its folder", async () => {
  await withHub(
    { "../../out.parquet": Uint8Array.of(1), "in.parquet": Uint8Array.of(2) },
    async (asked, places) => {
      await fetchDataset("owner/films", undefined, places);
      assertEquals(asked, ["in.parquet"]);
    },
  );
});

Deno.test("a hub that does not answer is said with its address", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const hub = `http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`;
  listener.close();
  await withDataset({}, async (_, usual) => {
    const places = { ...usual, hub };
    await assertRejects(
      () => fetchFile("a/b", "c", undefined, places),
      HubUnreachable,
      `${hub} does not answer`,
    );
    await assertRejects(() => fetchDataset("a/b", undefined, places), HubUnreachable, "the data set a/b");
  });
});
