import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { openFilms } from "../../src/data/films.ts";
import type { Places } from "../../src/data/places.ts";
import { type HubRow, hubRow, parquetOf, withDataset } from "./parquet_files.ts";

const row = (n: number) => hubRow(`plot ${n} é`, `Genre ${n % 2},Drama`, Uint8Array.of(n));
const without: HubRow = { ...row(0), images: [] };
const shards = {
  "data/train-0.parquet": parquetOf([row(0), without, row(2)]),
  "data/train-1.parquet": parquetOf([row(3), { ...row(1), images: [{ bytes: null, path: "x" }] }, row(4)]),
};

const filesIn = ({ cache }: Places, ending: string) =>
  [...Deno.readDirSync(`${cache}/films`)].filter(({ name }) => name.endsWith(ending)).map(({ name }) =>
    `${cache}/films/${name}`
  );

Deno.test("films are the rows that count, with their plots, genres and labels", async () => {
  await withDataset(shards, async (folder, places) => {
    const films = await openFilms(folder, undefined, places);
    assertEquals([...films.rows], [0, 2, 3, 5]);
    assertEquals([...films.texts()], ["plot 0 é", "plot 2 é", "plot 3 é", "plot 4 é"]);
    assertEquals([0, 1, 2, 3].map((example) => films.labelsOf(example)[0]), [
      "genre 0",
      "genre 0",
      "genre 1",
      "genre 0",
    ]);
    assertEquals(films.labels, ["drama", "genre 0", "genre 1"]);
    assertEquals(films.skipped.map(({ row }) => row), [1, 4]);
    assertEquals(films.skipped[0].reason, "it has no image");
    assertStringIncludes(films.skipped[1].reason, 'it has the path of an image and not the image, "x"');
  });
});

Deno.test("a second opening reads the cache; a damaged index or other content reads the shards again, other times do not", async () => {
  await withDataset(shards, async (folder, places) => {
    let read = 0;
    const open = () => openFilms(folder, () => read++, places);
    const first = await open();
    assertEquals(read, 2);
    assertEquals([...(await open()).texts()], [...first.texts()]);
    assertEquals(read, 2);
    const [index] = filesIn(places, ".index");
    const bytes = await Deno.readFile(index);
    bytes[bytes.length - 1] ^= 1;
    await Deno.writeFile(index, bytes);
    assertEquals((await open()).rows, first.rows);
    assertEquals(read, 4);
    await Deno.utime(`${folder}/data/train-1.parquet`, 1e9, 1e9);
    await open();
    assertEquals(read, 4);
    const { size } = await Deno.stat(`${folder}/data/train-1.parquet`);
    const other = parquetOf([row(5), { ...row(1), images: [{ bytes: null, path: "x" }] }, row(4)]);
    assertEquals(other.length, size);
    await Deno.writeFile(`${folder}/data/train-1.parquet`, other);
    await Deno.utime(`${folder}/data/train-1.parquet`, 1e9, 1e9);
    assertEquals([...(await open()).texts()][2], "plot 5 é");
  });
});

Deno.test("plots that are cut short, or longer than the index says, are read from the shards again", async () => {
  await withDataset(shards, async (folder, places) => {
    let read = 0;
    const open = () => openFilms(folder, () => read++, places);
    const texts = [...(await open()).texts()];
    const [plots] = filesIn(places, ".plots");
    const bytes = await Deno.readFile(plots);
    for (const other of [bytes.subarray(0, 5), Uint8Array.of(...bytes, 97)]) {
      await Deno.writeFile(plots, other);
      read = 0;
      assertEquals([...(await open()).texts()], texts);
      assertEquals(read, 2);
    }
  });
});

Deno.test("damaged plots are refused by name", async () => {
  await withDataset(shards, async (folder, places) => {
    const films = await openFilms(folder, undefined, places);
    const [plots] = filesIn(places, ".plots");
    const bytes = await Deno.readFile(plots);
    bytes[3] ^= 1;
    await Deno.writeFile(plots, bytes);
    assertThrows(() => [...films.texts()], OnesheetError, plots);
  });
});

Deno.test("data without a row that counts is an error", async () => {
  await withDataset({ "a.parquet": parquetOf([without, without]) }, async (folder, places) => {
    await assertRejects(() => openFilms(folder, undefined, places), OnesheetError, "found none in 2 rows");
  });
});

Deno.test("a broken shard leaves nothing in the cache", async () => {
  const damaged = shards["data/train-1.parquet"].slice();
  damaged.fill(0xff, 4, 60);
  await withDataset({ ...shards, "data/train-1.parquet": damaged }, async (folder, places) => {
    await assertRejects(() => openFilms(folder, undefined, places), OnesheetError, "train-1.parquet");
    assertEquals(filesIn(places, ""), []);
  });
});

Deno.test("a cache folder that cannot be made is named with the way out", async () => {
  await withDataset(shards, async (folder, places) => {
    await Deno.writeTextFile(places.cache, "a file where the folder should be");
    await assertRejects(() => openFilms(folder, undefined, places), OnesheetError, "set ONESHEET_CACHE");
  });
});

Deno.test("a genre counts once in a row, in one spelling; what cannot be a label is refused by its row", async () => {
  const answers = ["Drama, War,drama", "Com\u00e9die, Come\u0301die ", "علمی\u200cتخیلی", ""];
  const rows = answers.map((answer, n) => hubRow(`plot ${n}`, answer, Uint8Array.of(n)));
  await withDataset({ "data/train-0.parquet": parquetOf([without, ...rows]) }, async (folder, places) => {
    for (let opened = 0; opened < 2; opened++) {
      const films = await openFilms(folder, undefined, places);
      assertEquals(films.labels, ["com\u00e9die", "drama", "war", "علمی\u200cتخیلی"]);
      assertEquals(answers.map((_, example) => films.labelsOf(example)), [
        ["drama", "war"],
        ["com\u00e9die"],
        ["علمی\u200cتخیلی"],
        [],
      ]);
      assertEquals(films.notes?.length, 1);
    }
  });
  const broken = hubRow("plot", "Drama, Sci\nFi", Uint8Array.of(1));
  await withDataset(
    { "data/train-0.parquet": parquetOf([without, ...rows, broken]) },
    async (folder, places) => {
      await assertRejects(
        () => openFilms(folder, undefined, places),
        OnesheetError,
        'Cannot use the labels: row 5: expected a label in one line, found the character U+000A in "sci\\nfi"',
      );
    },
  );
});
