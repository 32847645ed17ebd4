/** What is here already: our own cache, that of Hugging Face's tools, and no network at all. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { dirname, join } from "node:path";
import { OnesheetError } from "../../src/base/errors.ts";
import { fetchDataset, fetchFile, HubUnreachable } from "../../src/data/hub.ts";
import type { Places } from "../../src/data/places.ts";
import { commit, type Files, type Hub, type Repository, repository, sha256, withHub } from "./hub_server.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const shard = (i: number, n: number) => `data/train-0000${i}-of-0000${n}.parquet`;
const films = repository("dataset", "owner/films", {
  "README.md": bytes("# Films"),
  [shard(0, 3)]: bytes("first shard"),
  [shard(1, 3)]: bytes("second shard"),
  [shard(2, 3)]: bytes("third shard"),
});
const bert = repository("model", "owner/bert", { "vocab.txt": bytes("a\nb") });

/** Writes a repository as Hugging Face's tools keep it: contents in `blobs`, links to them in `snapshots`. */
async function keepAsTheyDo(
  root: string,
  { type, name, commits, main }: Repository,
  wanted: (path: string) => boolean = () => true,
): Promise<string> {
  const folder = join(root, `${type}s--${name.replace("/", "--")}`);
  const write = async (path: string, content: Uint8Array) => {
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeFile(path, content);
  };
  await write(join(folder, "refs", "main"), bytes(main));
  for (const [path, content] of Object.entries(commits[main]).filter(([path]) => wanted(path))) {
    const link = join(folder, "snapshots", main, path);
    await write(join(folder, "blobs", sha256(content)), content);
    await Deno.mkdir(dirname(link), { recursive: true });
    await Deno.symlink(join("../".repeat(path.split("/").length + 1), "blobs", sha256(content)), link);
  }
  return join(folder, "snapshots", main);
}

/** Runs a test with a hub, and with a folder for the cache of Hugging Face's tools. */
const withShared = (
  repositories: readonly Repository[],
  test: (hub: Hub & { readonly shared: string; readonly offline: Places }) => Promise<void>,
): Promise<void> =>
  withHub(repositories, (hub) => {
    const shared = join(hub.folder, "huggingface", "hub");
    const places = { ...hub.places, shared };
    return test({ ...hub, shared, places, offline: { ...places, offline: true } });
  });

const parquetOf = (files: Files) => Object.entries(files).filter(([path]) => path.endsWith(".parquet"));
async function assertFilms(folder: string): Promise<void> {
  for (const [path, content] of parquetOf(films.commits[commit(1)])) {
    assertEquals(await Deno.readFile(join(folder, path)), content);
  }
}

Deno.test({
  name: "what Hugging Face's tools have fetched is used where it is, without the hub",
  ignore: Deno.build.os === "windows", // links need rights there
  fn: () =>
    withShared([], async ({ places, offline, shared, asked }) => {
      const [data, texts] = [await keepAsTheyDo(shared, films), await keepAsTheyDo(shared, bert)];
      for (const each of [places, offline]) {
        assertEquals(await fetchDataset("owner/films", undefined, each), data);
        assertEquals(await fetchFile("owner/bert", "vocab.txt", undefined, each), join(texts, "vocab.txt"));
      }
      await assertFilms(data);
      assertEquals(asked, []);
      await assertRejects(() => Deno.stat(places.cache), Deno.errors.NotFound);
    }),
});

Deno.test({
  name: "the shards that Hugging Face's tools have of the commit are copied and checked, the others fetched",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withShared([films], async ({ places, offline, shared, store }) => {
      await keepAsTheyDo(shared, films, (path) => path !== shard(1, 3));
      await assertRejects(() => fetchDataset("owner/films", undefined, offline), HubUnreachable);
      const damaged = join(shared, "datasets--owner--films", "blobs", sha256(bytes("first shard")));
      await Deno.writeFile(damaged, bytes("FIRST shard"));
      const folder = await fetchDataset("owner/films", undefined, places);
      assert(folder.startsWith(places.cache));
      await assertFilms(folder);
      assertEquals(
        store.asked.map(({ path }) => path).sort(),
        [bytes("first shard"), bytes("second shard")].map((content) => `/${sha256(content)}`).sort(),
      );
      assertEquals(await Deno.readFile(damaged), bytes("FIRST shard"));
    }),
});

Deno.test({
  name:
    "a snapshot of another commit than ours, or whose shards do not count themselves, is not taken for the data set",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const newer = {
      ...films,
      commits: { ...films.commits, [commit(2)]: films.commits[commit(1)] },
      main: commit(2),
    };
    await withShared([newer], async ({ places, shared }) => {
      const ours = join(places.cache, "hub", "datasets--owner--films");
      await Deno.mkdir(join(ours, "refs"), { recursive: true });
      await Deno.writeTextFile(join(ours, "refs", "main"), commit(1));
      await keepAsTheyDo(shared, newer);
      assertEquals(await fetchDataset("owner/films", undefined, places), join(ours, "snapshots", commit(1)));
    });
    const plain = repository("dataset", "owner/films", { "a.parquet": bytes("a"), "b.parquet": bytes("b") });
    await withShared([plain], async ({ places, offline, shared, store }) => {
      await keepAsTheyDo(shared, plain);
      await assertRejects(() => fetchDataset("owner/films", undefined, offline), HubUnreachable);
      const folder = await fetchDataset("owner/films", undefined, places);
      assertEquals(await Deno.readTextFile(join(folder, "b.parquet")), "b");
      assertEquals(store.asked, []);
    });
  },
});

Deno.test("without network what was fetched before is used, and what was not is said", async () => {
  await withShared([films, bert], async ({ places, offline, shared, asked }) => {
    const data = await fetchDataset("owner/films", undefined, places);
    const texts = await fetchFile("owner/bert", "vocab.txt", undefined, places);
    const before = asked.length;
    assertEquals(await fetchDataset("owner/films", undefined, offline), data);
    assertEquals(await fetchFile("owner/bert", "vocab.txt", undefined, offline), texts);
    await assertRejects(
      () => fetchFile("owner/bert", "tokenizer.json", undefined, offline),
      HubUnreachable,
      `Cannot fetch "tokenizer.json" of owner/bert: HF_HUB_OFFLINE is set and neither "${places.cache}" nor ` +
        `"${shared}" has all of it; unset HF_HUB_OFFLINE, or use local files`,
    );
    await assertRejects(() => fetchDataset("owner/other", undefined, offline), HubUnreachable);
    assertEquals(asked.length, before);
  });
});

Deno.test("a shard that has gone is fetched again, the others are not, and the listing is not asked for", async () => {
  await withHub([films], async ({ places, asked, store }) => {
    const folder = await fetchDataset("owner/films", undefined, places);
    const before = asked.length;
    await Deno.remove(join(folder, shard(1, 3)));
    await Deno.writeTextFile(join(folder, shard(2, 3)), "cut");
    assertEquals(await fetchDataset("owner/films", undefined, places), folder);
    await assertFilms(folder);
    assertEquals([asked.length - before, store.asked.length], [2, 5]);
  });
});

Deno.test("a commit that the hub has lost is said, with what to remove", async () => {
  await withHub([bert], async ({ places }) => {
    const folder = join(places.cache, "hub", "models--owner--bert");
    await Deno.mkdir(join(folder, "refs"), { recursive: true });
    await Deno.writeTextFile(join(folder, "refs", "main"), commit(9));
    await assertRejects(
      () => fetchFile("owner/bert", "vocab.txt", undefined, places),
      OnesheetError,
      `owner/bert no longer has the commit that was begun with; remove "${folder}" to begin anew`,
    );
  });
});

Deno.test("a listing without hashes is not taken for a hub's", async () => {
  await withHub([films], async ({ places }) => {
    await assertRejects(
      () => fetchDataset("owner/films", undefined, places),
      OnesheetError,
      `no hash of "${shard(0, 3)}"`,
    );
  }, { entry: ({ type, path, size }) => ({ type, path, size }) });
});
