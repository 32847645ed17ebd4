/** Broken rows as a person meets them. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { film, messagesOf } from "../../src/data/drawn.ts";
import { exists } from "../../src/train/run.ts";
import { type HubRow, parquetOf } from "../data/parquet_files.ts";
import { inProject, type Place, quickstart, withPlace } from "./command_line.ts";

const rows = (seed = 1, isWhole = false): HubRow[] =>
  Array.from({ length: 60 }, (_, row) => {
    const one = film(seed, row);
    const bytes = isWhole ? one.poster : row === 7 ? null : row === 9 ? one.poster.slice(0, 200) : one.poster;
    return { messages: messagesOf(one), images: [{ bytes, path: null }] };
  });

const options = [
  "--engine",
  "portable",
  "--data",
  "films",
  "--set",
  "data.pixels=16",
  "--set",
  "data.tokens=16",
];

async function withFilms(test: (place: Place) => Promise<void>): Promise<void> {
  await withPlace(async (place) => {
    await Deno.mkdir(`${place.folder}/films`);
    await Deno.writeFile(`${place.folder}/films/train-0.parquet`, parquetOf(rows(), 20));
    await Deno.writeTextFile(`${place.folder}/films/vocab.txt`, "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nfilm\n");
    await test(place);
  });
}

Deno.test("train and evaluate leave broken rows out, tell each with its reason and count them at the end", async () => {
  await withFilms(async ({ done, folder }) => {
    const { stderr } = await done(["train", quickstart, ...options, "--max-steps", "1", "--run", "run"]);
    assertStringIncludes(stderr, "\nrow 7 is left out: it has no image\n");
    assertMatch(
      stderr,
      /\nrow 9 is left out: Cannot decode this \w+ image: expected \d+ by \d+ whole pixels, .*\n/,
    );
    assertStringIncludes(
      stderr,
      `\n2 rows were left out; "${folder}/run/skipped.jsonl" says which and why\n`,
    );
    const listed = (await Deno.readTextFile(`${folder}/run/skipped.jsonl`)).trimEnd().split("\n");
    assertEquals(listed.map((line) => JSON.parse(line).row), [7, 9]);
    const evaluated = await done(["evaluate", "run"]);
    // Row 9 is on no side of the run, so that its picture is not looked at again.
    assertStringIncludes(evaluated.stderr, "row 7 is left out: it has no image\n");
    assertMatch(evaluated.stderr, /1 row was left out\n$/);
  });
});

Deno.test("with --strict the first broken row fails train and evaluate in a sentence", async () => {
  await withFilms(async ({ done, say, folder }) => {
    const strict = (which: string) =>
      `Cannot use row 7 of the data${which}: it has no image; without --strict such rows are left out\n`;
    const refused = await say(["train", quickstart, ...options, "--run", "run", "--strict"]);
    assertEquals([refused.code, refused.stdout], [1, ""]);
    assertStringIncludes(refused.stderr, strict(", the first of 2"));
    assertEquals(await exists(`${folder}/run`), false);
    await done(["train", quickstart, ...options, "--max-steps", "1", "--run", "run"]);
    const again = await say(["evaluate", "run", "--strict"]);
    assertEquals(again.code, 1);
    assertStringIncludes(again.stderr, strict(""));
  });
});

Deno.test("a run with --strict is evaluated so on other data, too", async () => {
  await withFilms(async ({ done, say, folder }) => {
    await Deno.writeFile(`${folder}/films/train-0.parquet`, parquetOf(rows(2, true), 20));
    await done(["train", quickstart, ...options, "--max-steps", "1", "--run", "run", "--strict"]);
    await Deno.mkdir(`${folder}/other`);
    await Deno.writeFile(`${folder}/other/train-0.parquet`, parquetOf(rows(), 20));
    const { code, stdout, stderr } = await say(["evaluate", "run", "--data", "other"]);
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, "Cannot use row 7 of the data, the first of 2: it has no image");
  });
});

Deno.test("trained weights are not scored with a vocabulary that was made for want of the real one", async () => {
  await withFilms(async ({ done, say, folder }) => {
    await done(["train", quickstart, ...options, "--max-steps", "1", "--run", "run"]);
    await Deno.remove(`${folder}/films/vocab.txt`);
    const exact = [inProject("recipes/mmimdb.ts"), "--data", "films", "--set", "labels=8"];
    const { code, stdout, stderr } = await say(["evaluate", ...exact, "--weights", "run/best.safetensors"]);
    assertEquals([code, stdout], [1, ""]);
    assertMatch(stderr, /the vocabulary had to be made .* because the hub is out of reach/);
  });
});
