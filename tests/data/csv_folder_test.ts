import { assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { csvFolder } from "../../src/data/csv_folder.ts";
import { film } from "../../src/data/drawn.ts";
import { plainPicture } from "../../src/data/kept_picture.ts";
import { normalize } from "../../src/data/normalize.ts";
import type { Places } from "../../src/data/places.ts";
import { trainTestSplit } from "../../src/data/split.ts";
import { writeCsvFilms } from "./csv_films.ts";
import { placesIn } from "./parquet_files.ts";

const columns = { image: "poster", text: "plot", labels: "genres", separator: "|" };
const small = { pixels: 12, tokens: 16, validation: 0.25, seed: 3, vocabulary: 400 };
const sourceOf = (folder: string) => csvFolder({ file: `${folder}/films.csv`, ...columns, ...small }).made;

/** Runs a test with 24 films in a folder, and a cache of its own. */
async function withFilms(test: (folder: string, places: Places) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await writeCsvFilms(`${root}/films`, 24);
    await test(`${root}/films`, placesIn(`${root}/cache`));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("rows are split by the seed and known by their lines; pictures, tokens and labels are the file's", async () => {
  await withFilms(async (folder, places) => {
    const source = sourceOf(folder);
    await using set = await source.open({}, places);
    const { train, test } = trainTestSplit(24, { test: 0.25, seed: 3 });
    assertEquals([set.train.ids, set.validation.ids], [train.map((at) => at + 2), test.map((at) => at + 2)]);
    assertEquals(set.makeshift, undefined);
    const { inputs, labels } = await set.validation.batch(Int32Array.of(1));
    const { poster, plot, genres } = film(5, test[1]);
    assertEquals(set.labels.filter((_, column) => labels[column] === 1), [...genres]);
    const image = new Float32Array(12 * 12 * 3);
    const usual = csvFolder({ file: "x.csv" }).options as unknown as Parameters<typeof normalize>[1];
    normalize(await plainPicture(poster, { pixels: 12 }), usual, image, 0);
    assertEquals(inputs.image.data, image);
    assertEquals(inputs.ids.data, set.tokenizer.encode([plot], 16).ids);

    await Deno.writeTextFile(`${folder}/tokenizer.json`, set.kept["tokenizer.json"]);
    const read = await source.reader(folder);
    assertEquals(await read([{ image: poster, text: plot }]), inputs);
  });
});

Deno.test("another folder may be named, and what was kept is used as long as the files are the same", async () => {
  await withFilms(async (folder, places) => {
    const source = csvFolder({ file: "elsewhere/films.csv", ...columns, ...small }).made;
    const opened = async (): Promise<string[]> => {
      const work = new Set<string>();
      const onProgress = (what: string) => void work.add(what.split(",")[0]);
      await using set = await source.open({ data: folder, onProgress }, places);
      await set.train.batch(Int32Array.of(0));
      return [...work];
    };
    assertEquals(await opened(), ["keeping posters"]);
    assertEquals(await opened(), []);
    await Deno.utime(`${folder}/posters/3.png`, 1, 1);
    assertEquals(await opened(), []);
  });
});

Deno.test("a replaced picture of equal size and time is the one that the model is shown", async () => {
  await withFilms(async (folder, places) => {
    const { test: [held] } = trainTestSplit(24, { test: 0.25, seed: 3 });
    const path = `${folder}/posters/${held}.${film(5, held).format}`;
    const replace = async (row: number) => {
      const bytes = new Uint8Array(100_000); // what follows an image in its file is not looked at
      bytes.set(film(5, row).poster);
      await Deno.writeFile(path, bytes);
      await Deno.utime(path, 1577836800, 1577836800);
    };
    const shown = async () => {
      await using set = await sourceOf(folder).open({}, places);
      return (await set.validation.batch(Int32Array.of(0))).inputs.image.data;
    };
    await replace(held);
    const before = await shown();
    await replace(held + 2);
    const after = await shown(), expected = new Float32Array(12 * 12 * 3);
    const usual = csvFolder({ file: "x.csv" }).options as unknown as Parameters<typeof normalize>[1];
    normalize(await plainPicture(film(5, held + 2).poster, { pixels: 12 }), usual, expected, 0);
    assertNotEquals(before, after);
    assertEquals(after, expected);
  });
});

Deno.test("broken rows are left out with their lines and reasons; a file with no others is refused", async () => {
  await withFilms(async (folder, places) => {
    const path = `${folder}/films.csv`;
    const lines = (await Deno.readTextFile(path)).split("\n");
    lines[3] = "only, three, cells";
    lines[6] = '"","","a plot","Horror"';
    lines[7] = '"","posters/none.png","a plot","Horror"';
    await Deno.writeTextFile(`${folder}/posters/7.png`, "no image");
    await Deno.writeTextFile(path, lines.join("\n"));
    {
      await using set = await sourceOf(folder).open({}, places);
      assertEquals(set.skipped?.map(({ row }) => row), [4, 7, 8, 9]);
      assertEquals(set.skipped?.[0].reason, "expected 4 cells, found 3");
      assertEquals(
        [...set.train.ids, ...set.validation.ids].some((line) => [4, 7, 8, 9].includes(line)),
        false,
      );
    }
    await Deno.writeTextFile(
      path,
      [lines[0], ...lines.slice(1, 3).map(() => ""), lines[3], "", "", ...lines.slice(6, 8)].join("\n"),
    );
    const error = await assertRejects(() => sourceOf(folder).open({}, places), OnesheetError);
    assertEquals(
      error.message,
      `Cannot use "${path}": line 4: expected 4 cells, found 3; line 7: expected a value as "poster", found an empty cell; ` +
        'line 8: cannot read the image "posters/none.png": no such file; mend these rows or take them out',
    );
  });
});

Deno.test("a missing file, an unknown column and settings out of range are refused", async () => {
  await withFilms(async (folder, places) => {
    const missing = csvFolder({ file: `${folder}/none.csv` }).made;
    await assertRejects(
      () => missing.open({}, places),
      OnesheetError,
      'none.csv": expected a CSV file, found none',
    );
    const other = csvFolder({ file: `${folder}/films.csv`, ...columns, image: "postr" }).made;
    await assertRejects(
      () => other.open({}, places),
      OnesheetError,
      'expected a column "postr", found title, poster, plot, genres; did you mean "poster"?',
    );
  });
  assertThrows(
    () => csvFolder({ file: "" }),
    OnesheetError,
    'Cannot use "csvFolder.file": expected a CSV file',
  );
  assertThrows(() => csvFolder({ file: "x.csv", tokens: 1 }), OnesheetError, "csvFolder.tokens");
});

Deno.test("an empty separator makes the cell one label; a file URL is taken as it stands", async () => {
  await withFilms(async (folder, places) => {
    const file = new URL(`file://${folder}/films.csv`).href;
    await using set = await csvFolder({ file, ...columns, ...small, separator: "" }).made.open({}, places);
    const { genres } = film(5, 0);
    assertEquals(set.labels.includes(genres.join("|")), true);
  });
});

/** The film in place of which a row is written, on its line. */
async function withRow(folder: string, at: number, cells: readonly string[]): Promise<void> {
  const path = `${folder}/films.csv`, lines = (await Deno.readTextFile(path)).split("\n");
  lines[at] = cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(",");
  await Deno.writeTextFile(path, lines.join("\n"));
}

Deno.test("a row whose image cannot be read, or that has no text, is left out with its line and a short reason", async () => {
  await withFilms(async (folder, places) => {
    await Deno.symlink("loop.png", `${folder}/posters/loop.png`);
    const images = {
      [`posters/${"x".repeat(300)}.png`]: "a file's name cannot be this long",
      "posters/a\0.png": "found a NUL character",
      "posters/loop.png": "its links lead in a circle",
      "posters": "expected a regular file, found a folder",
      ...(Deno.build.os !== "windows" && { "/dev/zero": "expected a regular file, found a device" }),
      "posters/\x1b[31m.png": "no such file",
    };
    if ("/dev/zero" in images) await Deno.symlink("/dev/zero", `${folder}/posters/zero.png`);
    const reasons = [
      ...Object.values(images),
      'expected a value as "plot", found an empty cell',
      "longer one",
    ];
    const rows = [
      ...Object.keys(images).map((image) => [image.replace("/dev/zero", "posters/zero.png"), "A plot."]),
      ["posters/1.png", "  "],
      ["posters/1.png", "x".repeat(2 ** 20)],
    ];
    for (const [at, [image, plot]] of rows.entries()) {
      await withRow(folder, at + 1, ["", image, plot, "Horror"]);
    }
    await using set = await sourceOf(folder).open({}, places);
    assertEquals(set.skipped?.map(({ row }) => row), reasons.map((_, at) => at + 2));
    for (const [at, { reason }] of (set.skipped ?? []).entries()) {
      assertEquals([reason.includes(reasons[at]), reason.length < 400, /\p{Cc}/u.test(reason)], [
        true,
        true,
        false,
      ], reason);
    }
    assertEquals(set.train.size + set.validation.size, 24 - rows.length);
  });
});

/** The cell of a film's poster. */
const posterOf = (row: number): string => `posters/${row}.${film(5, row).format}`;

Deno.test("a label counts once in a row: in targets, and in how many rows have it", async () => {
  await withFilms(async (folder, places) => {
    await withRow(folder, 1, ["", posterOf(0), "A plot.", "Horror|Horror | Horror"]);
    await using set = await csvFolder({ file: `${folder}/films.csv`, ...columns, ...small }).made.open(
      {},
      places,
    );
    const { labels } = await set.train.batch(Int32Array.from({ length: set.train.size }, (_, at) => at));
    const sums = set.labels.map((_, column) =>
      labels.filter((_, i) => i % set.labels.length === column).reduce((sum, one) => sum + one, 0)
    );
    assertEquals(set.train.positives?.(), sums);
  });
});

Deno.test("labels of one name are one label, said in a note; one that cannot be a label is refused by its line", async () => {
  await withFilms(async (folder, places) => {
    await withRow(folder, 1, ["", posterOf(0), "A plot.", "Come\u0301die"]);
    await withRow(folder, 2, ["", posterOf(1), "A plot.", "Com\u00e9die|علمی\u200cتخیلی"]);
    {
      await using set = await sourceOf(folder).open({}, places);
      assertEquals(set.labels.filter((label) => label.startsWith("Com\u00e9")), ["Com\u00e9die"]);
      assertEquals(set.labels.includes("علمی\u200cتخیلی"), true);
      assertEquals(set.notes?.map((note) => note.includes("1 label is spelled")), [true]);
    }
    await withRow(folder, 2, ["", posterOf(1), "A plot.", "Drama\nWar"]);
    await assertRejects(
      () => sourceOf(folder).open({}, places),
      OnesheetError,
      'Cannot use the labels: line 3: expected a label in one line, found the character U+000A in "Drama\\nWar"',
    );
  });
});
