import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { OnesheetError } from "../../src/base/errors.ts";
import { random } from "../../src/base/random.ts";
import { fetchDataset, fetchFile } from "../../src/data/hub.ts";
import { commit, type Files, repository, withHub } from "./hub_server.ts";

const noise = (key: string, length: number): Uint8Array => {
  const stream = random(key);
  return Uint8Array.from({ length }, () => stream.integer(256));
};

/** As `sxj1215/mmimdb` names its files, some MB in all. */
const films: Files = {
  ".gitattributes": noise("attributes", 2_000),
  "README.md": noise("readme", 500),
  ...Object.fromEntries(Array.from({ length: 11 }, (_, i) => {
    const name = `data/train-${`${i}`.padStart(5, "0")}-of-00011.parquet`;
    return [name, noise(name, 200_000 + 30_000 * i)];
  })),
};
const shards = Object.entries(films).filter(([name]) => name.endsWith(".parquet"));

/** As `google-bert/bert-base-uncased` names its files. */
const bert: Files = {
  "config.json": noise("config", 570),
  "coreml/fill-mask/model.bin": noise("coreml", 900),
  "model.safetensors": noise("model", 1_500_000),
  "tokenizer.json": noise("tokenizer", 466_000),
  "vocab.txt": noise("vocab", 231_000),
};

Deno.test("a data set's shards are fetched once, from the commit that main was at", async () => {
  await withHub([repository("dataset", "sxj1215/mmimdb", films)], async ({ places, asked, store }) => {
    const folder = await fetchDataset("sxj1215/mmimdb", undefined, places);
    assert(folder.startsWith(places.cache));
    for (const [name, bytes] of shards) assertEquals(await Deno.readFile(join(folder, name)), bytes);
    const files = [...Deno.readDirSync(join(folder, "data"))].map(({ name }) => `data/${name}`);
    assertEquals(files.sort(), shards.map(([name]) => name).sort());

    const [about, ...rest] = asked;
    assert(about.startsWith("GET /api/datasets/sxj1215/mmimdb/revision/main?"), about);
    const pages = rest.filter((line) =>
      line.startsWith(`GET /api/datasets/sxj1215/mmimdb/tree/${commit(1)}?`)
    );
    const resolved = rest.filter((line) =>
      line.includes(`/datasets/sxj1215/mmimdb/resolve/${commit(1)}/data/`)
    );
    assertEquals([pages.length, resolved.length, asked.length], [4, 11, 16]);
    assertEquals(await fetchDataset("sxj1215/mmimdb", undefined, places), folder);
    assertEquals([asked.length, store.asked.length], [16, 11]);
  });
});

Deno.test("four files are downloaded at a time", async () => {
  let [now, most, begun] = [0, 0, 0];
  await withHub([repository("dataset", "owner/films", films)], async ({ places }) => {
    await fetchDataset("owner/films", undefined, places);
    assertEquals([most, begun], [4, 11]);
  }, {
    hub: async ({ url }) => {
      if (!url.includes("/resolve/")) return undefined;
      begun++;
      most = Math.max(most, ++now);
      for (let tries = 0; tries < 500 && begun < 4; tries++) {
        await new Promise((done) => setTimeout(done, 10));
      }
      now--;
      return undefined;
    },
  });
});

Deno.test("progress is told in bytes, begins at nothing, never goes back and ends with all of them", async () => {
  await withHub([repository("dataset", "owner/films", films)], async ({ places }) => {
    const told: number[] = [], total = shards.reduce((sum, [, bytes]) => sum + bytes.length, 0);
    await fetchDataset("owner/films", (what, done, all) => {
      assertEquals([what, all], ["fetching the data set owner/films (bytes)", total]);
      told.push(done);
    }, places);
    assertEquals([told[0], told.at(-1)], [0, total]);
    assertEquals(told, told.toSorted((a, b) => a - b));
  });
});

Deno.test("small and large files of a model come from one commit, also after main has moved", async () => {
  const repo = { ...repository("model", "google-bert/bert-base-uncased", bert) };
  const moved = { ...repo, commits: { ...repo.commits, [commit(2)]: { "vocab.txt": noise("new", 99) } } };
  await withHub([moved], async ({ places, asked, store }) => {
    const fetched = (name: string) => fetchFile("google-bert/bert-base-uncased", name, undefined, places);
    const tokenizer = await fetched("tokenizer.json");
    moved.main = commit(2);
    for (const name of ["tokenizer.json", "vocab.txt", "model.safetensors", "coreml/fill-mask/model.bin"]) {
      const path = await fetched(name);
      assertEquals(await Deno.readFile(path), bert[name]);
      assertEquals(path, join(tokenizer, "..", name));
    }
    assertEquals(asked.filter((line) => line.includes("/revision/")).length, 1);
    assertEquals(asked.filter((line) => line.includes("/resolve/")).length, 4);
    assertEquals(store.asked.length, 2);
    const before = asked.length;
    await fetched("vocab.txt");
    assertEquals(asked.length, before);
  });
});

Deno.test("the same file asked for twice at once is fetched once", async () => {
  await withHub([repository("model", "owner/model", bert)], async ({ places, store }) => {
    const told: string[] = [];
    const fetched = () => fetchFile("owner/model", "model.safetensors", (what) => told.push(what), places);
    const [a, b] = await Promise.all([fetched(), fetched()]);
    assertEquals([a, store.asked.length], [b, 1]);
    assert(told.includes("waiting for another process that fetches from owner/model"));
  });
});

Deno.test("names with spaces and signs are asked for as they are", async () => {
  const name = "a b/50% #1?.txt";
  await withHub([repository("model", "owner/model", { [name]: noise("a", 10) })], async ({ places }) => {
    const path = await fetchFile("owner/model", name, undefined, places);
    assertEquals(await Deno.readFile(path), noise("a", 10));
  });
});

Deno.test("an empty file is a file", async () => {
  await withHub(
    [repository("model", "owner/model", { "empty.txt": new Uint8Array() })],
    async ({ places }) => {
      assertEquals(
        await Deno.readFile(await fetchFile("owner/model", "empty.txt", undefined, places)),
        new Uint8Array(),
      );
    },
  );
});

Deno.test("a file that a repository does not have, and a data set without parquet files, are said", async () => {
  const repositories = [repository("model", "owner/model", bert), repository("dataset", "owner/model", bert)];
  await withHub(repositories, async ({ places }) => {
    await assertRejects(
      () => fetchFile("owner/model", "coreml", undefined, places),
      OnesheetError,
      'Cannot fetch "coreml" of owner/model: the repository has no such file',
    );
    await assertRejects(
      () => fetchDataset("owner/model", undefined, places),
      OnesheetError,
      "Cannot use the data set owner/model: it has no parquet files",
    );
  });
});

for (
  const path of [
    "../../out.parquet",
    "/out.parquet",
    "a/../../out.parquet",
    "a\\..\\out.parquet",
    "c:out.parquet",
  ]
) {
  Deno.test(`a repository with the file name ${path} is refused before anything is fetched`, async () => {
    const files = { "in.parquet": noise("in", 9), [path]: noise("out", 9) };
    const repositories = [
      repository("dataset", "owner/films", files),
      repository("model", "owner/films", files),
    ];
    await withHub(repositories, async ({ places, store }) => {
      const found = `expected file names inside the repository, found ${JSON.stringify(path)} in owner/films`;
      await assertRejects(() => fetchDataset("owner/films", undefined, places), OnesheetError, found);
      await assertRejects(() => fetchFile("owner/films", path, undefined, places), OnesheetError, found);
      assertEquals(store.asked, []);
    });
  });
}

Deno.test("what cannot be a repository is refused before anything is asked", async () => {
  await withHub([], async ({ places, asked }) => {
    for (const name of ["../x", "a/../b", "a/b/c", "", "a b", "/a", "a/b?c"]) {
      const error = await assertRejects(
        () => fetchDataset(name, undefined, places),
        OnesheetError,
        `found "${name}"`,
      );
      assertEquals(error.exitCode, 2);
    }
    assertEquals(asked, []);
  });
});
