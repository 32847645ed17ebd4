import { assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { openFilms } from "../../src/data/films.ts";
import { shardsOf, splitOf } from "../../src/data/shards.ts";
import { hubRow, parquetOf, png, withDataset } from "./parquet_files.ts";

const small = parquetOf([hubRow("plot", "Drama", png(2, 2, [1, 2, 3]))]);

/** Names of the shards in a folder of these files, in order, and the notes. */
async function read(names: readonly string[]): Promise<{ names: string[]; notes: readonly string[] }> {
  let found = { names: [] as string[], notes: [] as readonly string[] };
  await withDataset({}, async (folder) => {
    for (const name of names) {
      await Deno.mkdir(`${folder}/${name}`.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeFile(`${folder}/${name}`, name.includes("empty") ? new Uint8Array() : small);
    }
    const { shards, notes } = await shardsOf(folder);
    found = { names: shards.map(({ name }) => name), notes };
  });
  return found;
}

Deno.test("shards are taken in natural order, and from the folder data when it has some", async () => {
  assertEquals((await read(["part-10.parquet", "part-9.parquet", "notes.txt"])).names, [
    "part-9.parquet",
    "part-10.parquet",
  ]);
  assertEquals((await read(["part-9.parquet", "data/rows.parquet"])).names, ["rows.parquet"]);
  assertEquals((await read(["default/train/0000.parquet", "default/test/0000.parquet"])).names, [
    "train/0000.parquet",
  ]);
});

Deno.test("several data sets in one folder are not read as one, but named", async () => {
  await assertRejects(
    () => read(["small/train.parquet", "large/train.parquet", "notes/readme.txt"]),
    OnesheetError,
    'expected parquet files in it or in its folder "data", found them in large, small; give one of these',
  );
});

Deno.test("of files that are named by their split those of training alone are read, and one line names the others", async () => {
  const cases: [files: string[], read: string[]][] = [
    [["train.parquet", "validation.parquet", "test.parquet"], ["train.parquet"]],
    [[
      "data/train-00000-of-00002.parquet",
      "data/train-00001-of-00002.parquet",
      "data/test-00000-of-00001.parquet",
    ], [
      "train-00000-of-00002.parquet",
      "train-00001-of-00002.parquet",
    ]],
    [["data/train/0000.parquet", "data/train/0001.parquet", "data/test/0000.parquet"], [
      "train/0000.parquet",
      "train/0001.parquet",
    ]],
    [["mmimdb-train.parquet", "mmimdb-dev.parquet"], ["mmimdb-train.parquet"]],
    [["films_training_1.parquet", "films_val_1.parquet"], ["films_training_1.parquet"]],
    [["Train.parquet", "TEST.parquet"], ["Train.parquet"]],
    [["train.parquet", "eval.parquet", "testing.parquet"], ["train.parquet"]],
    [["films.parquet", "films.test.parquet"], ["films.parquet"]],
  ];
  for (const [files, wanted] of cases) {
    const { names, notes } = await read(files);
    assertEquals(names, wanted);
    assertEquals(notes.length, 1);
    const others = files.map((file) => file.replace("data/", "")).filter((file) => !wanted.includes(file));
    for (const other of others) assertEquals(notes[0].includes(other), true, `${other} in ${notes[0]}`);
  }
});

Deno.test("a word that only contains the name of a split is none", () => {
  for (
    const name of [
      "latest.parquet",
      "contest-0.parquet",
      "trainer.parquet",
      "devices.parquet",
      "evaluated.parquet",
    ]
  ) {
    assertEquals(splitOf(name), undefined, name);
  }
  assertEquals(splitOf("test/films-train-1.parquet"), "train");
  assertEquals(splitOf("train/rows.parquet"), "train");
});

Deno.test("a folder of test and validation files alone is read, and a line says so", async () => {
  const { names, notes } = await read(["test.parquet", "validation.parquet"]);
  assertEquals(names, ["test.parquet", "validation.parquet"]);
  assertEquals(notes, ["no file is named as training data; all are read: test.parquet, validation.parquet"]);
});

Deno.test("hidden files and those of Spark and Dask are no shards; empty ones are left out with a line", async () => {
  const { names, notes } = await read([
    "films.parquet",
    "._films.parquet",
    ".~lock.films.parquet",
    ".DS_Store",
    "_metadata",
    "_common.parquet",
    "_SUCCESS",
    "Thumbs.db",
    "empty.parquet",
  ]);
  assertEquals(names, ["films.parquet"]);
  assertEquals(notes, ["empty files are left out: empty.parquet"]);
  await assertRejects(() => read(["empty.parquet"]), OnesheetError, "found only empty ones");
});

Deno.test("the data set has the note on files that are not read", async () => {
  await withDataset({ "train.parquet": small, "test.parquet": small }, async (folder, places) => {
    const films = await openFilms(folder, undefined, places);
    assertEquals(films.rows.length, 1);
    assertEquals(films.notes, ["files of other splits are left out: test.parquet; read: train.parquet"]);
  });
});

Deno.test("no folder, a file instead of one and a folder without parquet are said in a sentence", async () => {
  await withDataset({ "x.txt": small }, async (folder) => {
    const absent = await assertRejects(
      () => shardsOf(`${folder}/absent`),
      OnesheetError,
      "expected a folder",
    );
    assertEquals(absent.exitCode, 2);
    await assertRejects(() => shardsOf(`${folder}/x.txt`), OnesheetError, "found a file; give the folder");
    await assertRejects(() => shardsOf(folder), OnesheetError, "expected parquet files");
  });
});

Deno.test({
  name: "a named pipe among the shards is refused at once",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await withDataset({}, async (folder) => {
      await new Deno.Command("mkfifo", { args: [`${folder}/a.parquet`] }).output();
      await assertRejects(() => shardsOf(folder), OnesheetError, "found a named pipe");
    });
  },
});
