import { assert, assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import type { Corpus } from "../../src/data/corpus.ts";
import { openFilms } from "../../src/data/films.ts";
import type { Places } from "../../src/data/places.ts";
import { type Keeping, keepPosters } from "../../src/data/posters.ts";
import { isFilled, keptAt, keptFile } from "../../src/data/slots.ts";
import { hubRow, parquetOf, withDataset } from "./parquet_files.ts";

const bytesOf = (n: number) => Uint8Array.from({ length: n + 1 }, (_, i) => (n * 31 + i) % 256);
const rows = [0, 1, 2, 3, 4].map((n) => hubRow(`plot ${n}`, "Drama", bytesOf(n)));
const shards = { "a.parquet": parquetOf(rows.slice(0, 3)), "b.parquet": parquetOf(rows.slice(3)) };
const all = Int32Array.of(4, 0, 3, 1, 2);

/** Keeps the files as they are, and notes which. */
const noting = (noted: number[], settings: unknown = 1): Keeping => ({
  settings,
  keep: (example, poster) => {
    noted.push(example);
    return Promise.resolve(keptFile(poster));
  },
  sizeOf: (_, poster) => poster.length,
});

const withFilms = (test: (films: Corpus, places: Places) => Promise<void>) =>
  withDataset(shards, async (folder, places) => test(await openFilms(folder, undefined, places), places));

const fileIn = ({ cache }: Places, ending: string) =>
  `${cache}/posters/${
    [...Deno.readDirSync(`${cache}/posters`)].find(({ name }) => name.endsWith(ending))!.name
  }`;

Deno.test("posters are kept once: what is there already is neither read nor made again", async () => {
  await withFilms(async (films, { cache }) => {
    const noted: number[] = [];
    const some = await keepPosters(films, Int32Array.of(3, 1), noting(noted), cache);
    assertEquals(noted.toSorted(), [1, 3]);
    const posters = await keepPosters(films, all, noting(noted), cache);
    assertEquals(noted.toSorted(), [0, 1, 2, 3, 4]);
    assertEquals(some.path, posters.path);
    using file = await Deno.open(posters.path);
    for (const example of all) assertEquals(keptAt(file, posters.slot(example))!.data, bytesOf(example));
    await keepPosters(films, all, noting(noted), cache);
    assertEquals(noted.length, 5);
    await keepPosters(films, all, noting(noted, "other settings"), cache);
    assertEquals(noted.length, 10);
  });
});

Deno.test("two at once share the work", async () => {
  await withFilms(async (films, { cache }) => {
    const noted: number[] = [];
    await Promise.all([1, 2, 3].map(() => keepPosters(films, all, noting(noted), cache)));
    assertEquals(noted.toSorted(), [0, 1, 2, 3, 4]);
  });
});

Deno.test("what was kept before a failure stays, and the failure names its row", async () => {
  await withFilms(async (films, { cache }) => {
    const noted: number[] = [];
    const failing: Keeping = {
      ...noting(noted),
      keep: (example, poster) =>
        example === 3 ? Promise.reject(new Error("broken")) : noting(noted).keep(example, poster),
    };
    await assertRejects(
      () => keepPosters(films, all, failing, cache),
      OnesheetError,
      "Cannot use the poster of row 3: broken",
    );
    const before = noted.length;
    assert(before >= 3, `${before}`);
    await keepPosters(films, all, noting(noted), cache);
    assertEquals(noted.toSorted(), [0, 1, 2, 3, 4]);
  });
});

Deno.test("a poster whose bytes were lost is made again, alone", async () => {
  await withFilms(async (films, places) => {
    const noted: number[] = [];
    const keep = () => keepPosters(films, all, noting(noted), places.cache);
    const posters = await keep();
    await Deno.truncate(posters.path, (await Deno.stat(posters.path)).size - 1);
    const again = await keep();
    assertEquals(noted.length, 6);
    using file = await Deno.open(again.path);
    for (const example of all) assertEquals(keptAt(file, again.slot(example))!.data, bytesOf(example));
  });
});

Deno.test("a poster with other bytes than were written is noticed and can be made again", async () => {
  await withFilms(async (films, { cache }) => {
    const noted: number[] = [];
    const posters = await keepPosters(films, all, noting(noted), cache);
    const broken = posters.slot(2).slice();
    using file = await Deno.open(posters.path, { read: true, write: true });
    await file.seek(broken[0], Deno.SeekMode.Start);
    await file.write(Uint8Array.of(255));
    assertEquals(keptAt(file, posters.slot(2)), undefined);
    await posters.again(2, broken);
    assertEquals(keptAt(file, posters.slot(2))!.data, bytesOf(2));
    await posters.again(2, broken); // somebody else's word of the same slot
    assertEquals(noted.length, 6);
  });
});

Deno.test("slots of a killed run that wrote half a slot are as good as empty", async () => {
  await withFilms(async (films, places) => {
    const noted: number[] = [];
    const first = await keepPosters(films, all, noting(noted), places.cache);
    assertEquals(isFilled(first.slot(4), 0), true);
    await Deno.truncate(fileIn(places, ".slots"), 5 * 64 - 56);
    await keepPosters(films, all, noting(noted), places.cache);
    assertEquals(noted.slice(5), [4]);
  });
});

Deno.test("a disk without room is told before anything is kept", async () => {
  await withFilms(async (films, { cache }) => {
    const noted: number[] = [];
    const huge: Keeping = { ...noting(noted), sizeOf: () => 1e15 };
    const error = await assertRejects(() => keepPosters(films, all, huge, cache), OnesheetError);
    assert(
      error.message.startsWith(`Cannot keep the posters in "${cache}/posters": expected 5000000.00 GB`),
      error.message,
    );
    assertEquals(noted, []);
  });
});
