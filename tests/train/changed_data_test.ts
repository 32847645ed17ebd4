/** A run keeps the rows that it began with: it follows them where they are, and is refused where they are not. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { portable } from "../../src/engine/portable.ts";
import type { FitOptions } from "../../src/train/fit.ts";
import { readSplit } from "../../src/train/split_file.ts";
import { runFiles } from "../../src/train/run.ts";
import { trial } from "../../src/train/trial.ts";
import { readValidation } from "../../src/train/validation.ts";
import { type Film, filmOf, films, onCsv, onParquet, writeCsv, writeParquet } from "./film_runs.ts";
import { outcome, run } from "./runs.ts";
import { withRun } from "./tiny.ts";

const engine = await portable();

/** A folder with a run of one epoch on 24 films, and how it is resumed for another two. */
interface Begun {
  readonly folder: string;
  readonly data: string;
  /** Resumes and gives what was said. */
  resume(more?: Partial<FitOptions>): Promise<string[]>;
}

/** Runs a test with a run that has begun, and what it comes to where nothing changes. */
async function withBegun(test: (begun: Begun, undisturbed: Record<string, unknown>) => Promise<void>) {
  await withRun(async (folder) => {
    const data = `${folder}-data`, cache = `${folder}-cache`;
    await writeCsv(data, films(24));
    await run(onCsv(data, cache), { engine, folder: `${folder}-whole` });
    await run(onCsv(data, cache, { epochs: 1 }), { engine, folder });
    const resume: Begun["resume"] = async (more = {}) => {
      const told: string[] = [];
      const tell = (line: string) => void told.push(line);
      await run(onCsv(data, cache), { engine, folder, resume: true, tell, ...more });
      return told;
    };
    await test({ folder, data, resume }, {
      ...await outcome(`${folder}-whole`),
      validation: await readValidation(`${folder}-whole`),
    });
  });
}

const outcomeOf = async (folder: string) => ({
  ...await outcome(folder),
  validation: await readValidation(folder),
});

/** What is done to the data of a run that goes on to the same bits. */
const harmless: Readonly<Record<string, (begun: Begun) => Promise<Partial<FitOptions> | void>>> = {
  "nothing is done": () => Promise.resolve(),
  "a row is appended": ({ data }) => writeCsv(data, films(25)),
  "many rows are appended": ({ data }) => writeCsv(data, films(60)),
  "a row with a new label is appended": ({ data }) =>
    writeCsv(data, [...films(24), { ...filmOf(24), labels: ["absurd", "zombies"] }]),
  "a row is put in front": ({ data }) => writeCsv(data, [filmOf(24), ...films(24)]),
  "rows are sorted in another way": ({ data }) => writeCsv(data, films(24).reverse()),
  "a row is appended that equals another": ({ data }) => writeCsv(data, [...films(24), filmOf(3)]),
  "image files get other names": ({ data }) =>
    writeCsv(data, films(24).map((film, i) => ({ ...film, image: `other-${i}` }))),
  "the folder is moved": async ({ data }) => {
    await Deno.rename(data, `${data}-moved`);
    return { data: `${data}-moved` };
  },
};

for (const [what, change] of Object.entries(harmless)) {
  Deno.test(`a run goes on to the same bits when ${what}`, () =>
    withBegun(async (begun, undisturbed) => {
      const more = await change(begun) ?? {};
      await begun.resume(more);
      assertEquals(await outcomeOf(begun.folder), undisturbed);
    }));
}

Deno.test("how many rows were added is said once, and of none nothing", () =>
  withBegun(async ({ data, resume }) => {
    const added = async () => (await resume()).filter((line) => line.includes("added"));
    assertEquals(await added(), []);
    await writeCsv(data, films(25));
    const rest = "been added to the data since the run began; a run keeps the rows that it began with";
    assertEquals(await added(), [`1 row has ${rest}`]);
    await writeCsv(data, films(30));
    assertEquals(await added(), [`6 rows have ${rest}`]);
  }));

const replaced = (row: number, changes: Partial<Film>): Film[] =>
  films(24).map((film, i) => i === row ? { ...film, ...changes } : film);

/** What is done to the data of a run that is refused then, and the middle of the sentence. */
const refused: Readonly<Record<string, readonly [(begun: Begun) => Promise<void>, string]>> = {
  "a row is gone": [
    ({ data }) => writeCsv(data, films(24).toSpliced(5, 1)),
    "1 of its 24 rows is not as they were when it began (1 is missing); the first is row 7: it is not in the data",
  ],
  "a row is gone and another comes": [
    ({ data }) => writeCsv(data, [...films(24).toSpliced(5, 1), filmOf(30)]),
    "(1 is missing); the first is row 7: it is not in the data",
  ],
  "two labels are swapped": [
    ({ data }) => {
      const rows = films(24);
      return writeCsv(
        data,
        rows.map((film, i) =>
          i === 4 ? { ...film, labels: ["war"] } : i === 8 ? { ...film, labels: [] } : film
        ),
      );
    },
    "(2 have other labels); the first is row 6: it had comedy, it has war",
  ],
  "a text is another": [
    ({ data }) => writeCsv(data, replaced(2, { text: "Another film." })),
    "(1 has another text or image); the first is row 4: its text or image is another",
  ],
  "an image is another of equal name": [
    ({ data }) => writeCsv(data, replaced(2, { poster: filmOf(30).poster })),
    "(1 has another text or image); the first is row 4",
  ],
  "an image is gone": [
    ({ data }) => Deno.remove(`${data}/${filmOf(10).image}`),
    `(1 is missing); the first is row 12: cannot read the image "${filmOf(10).image}": no such file`,
  ],
  "everything is another": [
    ({ data }) => writeCsv(data, films(24, 100)),
    "24 of its 24 rows are not as they were when it began (24 have another text or image); the first is row 2",
  ],
};

for (const [what, [change, sentence]] of Object.entries(refused)) {
  Deno.test(`a run is refused, and its folder left as it is, when ${what}`, () =>
    withBegun(async (begun) => {
      const before = await outcomeOf(begun.folder);
      await change(begun);
      const { message } = await assertRejects(() => begun.resume(), OnesheetError);
      assert(message.includes(sentence), message);
      assert(
        message.endsWith("put the data back, name a folder that has it by --data, or start another run"),
      );
      assertEquals(await outcomeOf(begun.folder), before);
    }));
}

Deno.test("rows that are equal are told apart by their number, and one that is gone is missed", () =>
  withRun(async (folder) => {
    const data = `${folder}-data`, recipe = onCsv(data, `${folder}-cache`, { epochs: 1 });
    await writeCsv(data, [...films(20), filmOf(0), filmOf(0)]);
    await run(recipe, { engine, folder });
    const ids = (await readSplit(folder))!;
    const all = [ids.train, ids.validation].flatMap(({ identities }) => identities!.map(({ id }) => id));
    assertEquals(new Set(all).size, 22);
    await run({ ...recipe, epochs: 2 }, { engine, folder, resume: true });
    await writeCsv(data, [...films(20), filmOf(0)]);
    const again = run({ ...recipe, epochs: 3 }, { engine, folder, resume: true });
    await assertRejects(() => again, OnesheetError, "1 of its 22 rows");
  }));

Deno.test("a run goes on without the row whose image was broken when it began, also where that is mended", () =>
  withRun(async (folder) => {
    const data = `${folder}-data`,
      cache = `${folder}-cache`,
      broken = replaced(9, { poster: Uint8Array.of(1, 2, 3) });
    await writeCsv(data, broken);
    await run(onCsv(data, cache), { engine, folder: `${folder}-whole` });
    await run(onCsv(data, cache, { epochs: 1 }), { engine, folder });
    const kept: string[] = [];
    const onProgress = (what: string) => void (what.startsWith("keeping posters") && kept.push(what));
    await run(onCsv(data, cache, { epochs: 2 }), { engine, folder, resume: true, onProgress });
    assertEquals(kept, []);
    await writeCsv(data, films(24));
    await run(onCsv(data, cache), { engine, folder, resume: true });
    assertEquals(await outcomeOf(folder), await outcomeOf(`${folder}-whole`));
    const skipped = (path: string) => Deno.readTextFile(runFiles(path).skipped);
    assertEquals(await skipped(folder), await skipped(`${folder}-whole`));
  }));

Deno.test("a run on parquet follows its rows into a longer file and into another folder", () =>
  withRun(async (folder) => {
    const data = `${folder}-data`, cache = `${folder}-cache`;
    await writeParquet(data, films(24));
    await run(onParquet(cache), { engine, folder: `${folder}-whole`, data });
    await run(onParquet(cache, { epochs: 1 }), { engine, folder, data });
    await writeParquet(`${data}-2`, [...films(3, 50), ...films(24)]);
    await run(onParquet(cache, { epochs: 2 }), { engine, folder, data: `${data}-2`, resume: true });
    await Deno.remove(data, { recursive: true });
    await writeParquet(data, films(24));
    await run(onParquet(cache), { engine, folder, data, resume: true });
    assertEquals(await outcomeOf(folder), await outcomeOf(`${folder}-whole`));

    await writeParquet(data, replaced(9, { labels: ["comedy"] }));
    const again = run(onParquet(cache, { epochs: 4 }), { engine, folder, data, resume: true });
    await assertRejects(
      () => again,
      OnesheetError,
      "the first is row 9: it had comedy, drama, it has comedy",
    );
  }));

Deno.test("a run on the first rows of each side keeps them whatever is appended", () =>
  withRun(async (folder) => {
    const data = `${folder}-data`, cache = `${folder}-cache`;
    await writeCsv(data, films(40));
    await run(onCsv(data, cache), { engine, folder: `${folder}-whole`, limit: 8 });
    await run(onCsv(data, cache, { epochs: 1 }), { engine, folder, limit: 8 });
    await writeCsv(data, films(90));
    await run(onCsv(data, cache), { engine, folder, resume: true });
    assertEquals(await outcomeOf(folder), await outcomeOf(`${folder}-whole`));
  }));

Deno.test("a trial that was stopped keeps its training, validation and test rows", () =>
  withRun(async (folder) => {
    const data = `${folder}-data`, recipe = onCsv(data, `${folder}-cache`);
    await writeCsv(data, films(24));
    const options = { engine, tell: () => {}, onEvent: () => {} };
    const whole = await trial({ name: "films", recipe }, `${folder}-whole`, options);
    const stop = new AbortController();
    const system = { name: "films", recipe };
    await trial(system, folder, {
      ...options,
      signal: stop.signal,
      onEvent: ({ kind }) => kind === "epoch" && stop.abort(),
    });
    await writeCsv(data, films(31));
    const { seconds: _, ...found } = (await trial(system, folder, options))!;
    const { seconds: __, ...expected } = whole!;
    assertEquals(found, expected);
    assertEquals(found.rows, { train: 18, validation: 3, test: 3 });
  }));

Deno.test("a run of an earlier version, which recorded no rows, is refused with the way out", () =>
  withBegun(async ({ folder, resume }) => {
    await Deno.remove(runFiles(folder).split);
    const { message } = await assertRejects(() => resume(), OnesheetError);
    assertEquals(
      message.replaceAll(folder, "RUN"),
      'Cannot resume "RUN": an earlier version made it, which did not record its rows; start another run, from its ' +
        "weights by --weights RUN/best.safetensors",
    );
  }));

Deno.test("a split that was cut short is refused by name", () =>
  withBegun(async ({ folder, resume }) => {
    const { split } = runFiles(folder);
    const lines = (await Deno.readTextFile(split)).split("\n");
    for (
      const [kept, reason] of [[lines.slice(0, 9), "found 8"], [lines.slice(1), "about the data set first"]]
    ) {
      await Deno.writeTextFile(split, (kept as string[]).join("\n"));
      await assertRejects(() => resume(), OnesheetError, reason as string);
    }
  }));
