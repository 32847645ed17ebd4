import { assertEquals, assertRejects } from "@std/assert";
import { dirname } from "node:path";
import { OnesheetError } from "../../src/base/errors.ts";
import { fetchDataset, fetchWeights, HubUnreachable } from "../../src/data/hub.ts";
import { shardsOf } from "../../src/data/shards.ts";
import { repository, withHub } from "./hub_server.ts";
import { hubRow, parquetOf, png } from "./parquet_files.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const index = bytes(JSON.stringify({ weight_map: { a: "model-1.safetensors", b: "model-2.safetensors" } }));
const whole = {
  "config.json": bytes("{}"),
  "model.safetensors.index.json": index,
  "model-1.safetensors": bytes("first"),
  "model-2.safetensors": bytes("second"),
  "pytorch_model.bin": bytes("pickle"),
};

Deno.test("weights in several files are fetched with their index, once, and found without the hub", async () => {
  await withHub([repository("model", "owner/net", whole)], async ({ places, asked }) => {
    const path = await fetchWeights("owner/net", undefined, places);
    const names = [...Deno.readDirSync(dirname(path))].map(({ name }) => name).sort();
    assertEquals(names, ["model-1.safetensors", "model-2.safetensors", "model.safetensors.index.json"]);
    const before = asked.length;
    assertEquals(await fetchWeights("owner/net", undefined, { ...places, offline: true }), path);
    assertEquals(asked.length, before);
    await Deno.remove(`${dirname(path)}/model-2.safetensors`);
    await assertRejects(
      () => fetchWeights("owner/net", undefined, { ...places, offline: true }),
      HubUnreachable,
    );
    await fetchWeights("owner/net", undefined, places);
    assertEquals(await Deno.readTextFile(`${dirname(path)}/model-2.safetensors`), "second");
  });
});

Deno.test("a repository with one file of weights gives that one, whatever else it has", async () => {
  const files = { ...whole, "model.safetensors": bytes("all") };
  await withHub([repository("model", "owner/net", files)], async ({ places }) => {
    assertEquals(await Deno.readTextFile(await fetchWeights("owner/net", undefined, places)), "all");
  });
});

Deno.test("a repository without safetensors, or without a file that its index names, is said with the way out", async () => {
  const cases = [
    [
      { "pytorch_model.bin": whole["pytorch_model.bin"] },
      "found pytorch_model.bin alone; convert it in Python",
    ],
    [{ "README.md": bytes("hello") }, "expected model.safetensors in the repository, found none"],
    [{ ...whole, "model-2.safetensors": undefined }, "model-2.safetensors"],
  ] as const;
  for (const [files, sentence] of cases) {
    const there = Object.fromEntries(Object.entries(files).filter(([, content]) => content !== undefined));
    await withHub([repository("model", "owner/net", there as typeof whole)], async ({ places }) => {
      await assertRejects(() => fetchWeights("owner/net", undefined, places), OnesheetError, sentence);
    });
  }
});

Deno.test("hidden files of a data set's repository are not fetched", async () => {
  const shard = parquetOf([hubRow("plot", "Drama", png(2, 2, [1, 2, 3]))]);
  const files = {
    "data/train-00000-of-00001.parquet": shard,
    "data/._train-00000-of-00001.parquet": bytes("x"),
  };
  await withHub([repository("dataset", "owner/films", files)], async ({ places }) => {
    const folder = await fetchDataset("owner/films", undefined, places);
    assertEquals([...Deno.readDirSync(`${folder}/data`)].map(({ name }) => name), [
      "train-00000-of-00001.parquet",
    ]);
    assertEquals((await shardsOf(folder)).shards.length, 1);
  });
});
