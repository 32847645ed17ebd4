import { assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import type { Places } from "../../src/data/places.ts";
import { openPosters } from "../../src/data/posters.ts";
import { type HubRow, hubRow, parquetOf, withDataset } from "./parquet_files.ts";

const bytesOf = (n: number) => Uint8Array.from({ length: n + 1 }, (_, i) => (n * 31 + i) % 256);
const row = (n: number) => hubRow(`plot ${n}`, `Genre ${n},Drama`, bytesOf(n));
const without: HubRow = { ...row(0), images: [] };

const shards = {
  "data/train-0.parquet": parquetOf([row(0), without, row(2)]),
  "data/train-1.parquet": parquetOf([row(3), row(4)]),
};

async function packsIn({ cache }: Places): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(`${cache}/posters`)) names.push(name);
  return names.sort();
}

Deno.test("posters are read back in any order, with plots, genres and row numbers of the rows that count", async () => {
  await withDataset(shards, async (folder, places) => {
    using posters = await openPosters(folder, undefined, places);
    assertEquals(posters.rows, [0, 2, 3, 4]);
    assertEquals(posters.plots, ["plot 0", "plot 2", "plot 3", "plot 4"]);
    assertEquals(posters.genres[1], ["genre 2", "drama"]);
    for (const position of [3, 0, 2, 1, 3]) {
      assertEquals(posters.poster(position), bytesOf(posters.rows[position]));
    }
  });
});

Deno.test("progress counts every row; a second opening packs nothing and gives the same", async () => {
  await withDataset(shards, async (folder, places) => {
    const told: [number, number][] = [];
    const open = () => openPosters(folder, (_, done, total) => told.push([done, total]), places);
    using first = await open();
    assertEquals(told, [[2, 5], [3, 5], [5, 5]]);
    using second = await open();
    assertEquals(told.length, 3);
    assertEquals(second.plots, first.plots);
    assertEquals(second.poster(2), first.poster(2));
  });
});

Deno.test("another shard, another content or a lost packed file packs again", async () => {
  await withDataset(shards, async (folder, places) => {
    let packed = 0;
    const open = async () => {
      using posters = await openPosters(folder, (_, done, total) => packed += Number(done === total), places);
      return posters.plots.length;
    };
    assertEquals([await open(), packed], [4, 1]);
    await Deno.writeFile(`${folder}/data/train-2.parquet`, parquetOf([row(5)]));
    assertEquals([await open(), packed], [5, 2]);
    await Deno.utime(`${folder}/data/train-2.parquet`, 1e9, 1e9);
    assertEquals([await open(), packed], [5, 3]);
    for (const name of await packsIn(places)) {
      if (name.endsWith(".pack")) await Deno.remove(`${places.cache}/posters/${name}`);
    }
    assertEquals([await open(), packed], [5, 4]);
  });
});

Deno.test("a broken shard leaves nothing in the cache and the next opening starts again", async () => {
  const whole = shards["data/train-1.parquet"];
  const damaged = whole.slice();
  damaged.fill(0xff, 4, 60);
  await withDataset({ ...shards, "data/train-1.parquet": damaged }, async (folder, places) => {
    await assertRejects(() => openPosters(folder, undefined, places), OnesheetError, "train-1.parquet");
    assertEquals(await packsIn(places), []);
    await Deno.writeFile(`${folder}/data/train-1.parquet`, whole);
    using posters = await openPosters(folder, undefined, places);
    assertEquals(posters.rows.length, 4);
  });
});

Deno.test("data without a row that counts is an error", async () => {
  await withDataset({ "a.parquet": parquetOf([without, without]) }, async (folder, places) => {
    await assertRejects(() => openPosters(folder, undefined, places), OnesheetError, "found none in 2 rows");
  });
});

Deno.test("a cache folder that cannot be made is named with the way out", async () => {
  await withDataset(shards, async (folder, places) => {
    await Deno.writeTextFile(places.cache, "a file where the folder should be");
    await assertRejects(() => openPosters(folder, undefined, places), OnesheetError, "set ONESHEET_CACHE");
  });
});
