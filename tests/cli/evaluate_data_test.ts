/** Which rows `evaluate` is on: the run's validation rows wherever they are, or every row of other data. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { readMetrics, runFiles } from "../../src/train/run.ts";
import { readValidation } from "../../src/train/validation.ts";
import { filmOf, films, writeCsv } from "../train/film_runs.ts";
import { inProject, type Place, withPlace } from "./command_line.ts";

const engine = ["--engine", "portable"];

/** A recipe on `films/films.csv`, trained for an epoch on 24 films. */
async function withTrained(test: (place: Place) => Promise<void>, settings: readonly string[] = []) {
  await withPlace(async (place) => {
    await writeCsv(`${place.folder}/films`, films(24));
    await Deno.writeTextFile(
      `${place.folder}/films.ts`,
      `import { constant, conv2d, csvFolder, linear, meanPool, recipe } from ${
        JSON.stringify(inProject("mod.ts"))
      };
       export default recipe({
         name: "films",
         data: csvFolder({ file: import.meta.resolve("./films/films.csv"), separator: "|", pixels: 8, tokens: 8,
           vocabulary: 300, validation: 0.25 }),
         labels: 3,
         model: ({ image }, at) => linear(3)(meanPool()(conv2d(4, 3)(image, at("conv")), at("pool")), at("head")),
         batchSize: 4,
         epochs: 1,
         learningRate: constant({ rate: 1e-2 }),
       });`,
    );
    await place.done(["train", "films.ts", "--run", "run", ...engine, ...settings]);
    await test(place);
  });
}

/** Scores, and what was said beside them. */
async function evaluated({ done }: Place, ...args: readonly string[]) {
  const { stdout, stderr } = await done(["evaluate", "run", ...engine, "--json", ...args]);
  return {
    scores: JSON.parse(stdout),
    said: stderr.split("\n").filter((line) => !line.startsWith("weights: ")),
  };
}

const support = ({ perLabel }: { perLabel: { support: number }[] }): number =>
  perLabel.reduce((sum, { support }) => sum + support, 0);

Deno.test("a run is evaluated on its own validation rows when rows were added, reordered or moved", () =>
  withTrained(async (place) => {
    const [{ macro_f1, val_loss, per_label }] = await readMetrics(`${place.folder}/run`);
    const expected = [macro_f1, val_loss, per_label];
    const own = async (...args: readonly string[]) => {
      const { scores, said } = await evaluated(place, ...args);
      assertEquals([scores.macroF1, scores.loss, scores.perLabel], expected);
      assertEquals(said[0], "6 validation rows of the run");
    };
    await own();
    await writeCsv(`${place.folder}/films`, [...films(2, 40), ...films(24).reverse()]);
    await own();
    await Deno.rename(`${place.folder}/films`, `${place.folder}/moved`);
    await own("--data", "moved");
    // Training rows may be missing where other data is named.
    const rows = await readValidation(`${place.folder}/run`);
    await writeCsv(`${place.folder}/part`, rows.map(({ row }) => filmOf(row - 2)).reverse());
    await own("--data", "part");
  }));

Deno.test("data that lacks a validation row of the run is refused where it is the run's own", () =>
  withTrained(async (place) => {
    const [{ row }] = await readValidation(`${place.folder}/run`);
    await writeCsv(`${place.folder}/films`, films(24).toSpliced(row - 2, 1));
    const said = await place.say(["evaluate", "run", ...engine]);
    assertEquals([said.code, said.stdout], [1, ""]);
    assertStringIncludes(
      said.stderr,
      `1 of its 24 rows is not as they were when it began (1 is missing); the first is row ${row}`,
    );
  }));

Deno.test("every row of other data is evaluated, and how many", () =>
  withTrained(async (place) => {
    await writeCsv(`${place.folder}/test`, films(40, 100));
    const { scores, said } = await evaluated(place, "--data", "test");
    assertEquals(said, ['40 rows: all of "test"', ""]);
    assertEquals(support(scores), films(40, 100).flatMap(({ labels }) => labels).length);
    const first = await evaluated(place, "--data", "test", "--limit", "7");
    assertEquals(first.said, ['the first 7 rows of "test"', ""]);
    assertEquals(support(first.scores), films(7, 100).flatMap(({ labels }) => labels).length);
  }));

Deno.test("rows that the run has seen are counted, and labels without a row named", () =>
  withTrained(async (place) => {
    const held = new Set((await readValidation(`${place.folder}/run`)).map(({ row }) => row - 2));
    const trained = films(24).filter((_, i) => !held.has(i)),
      chosen = films(24).filter((_, i) => held.has(i));
    const rows = [...films(5, 100), ...trained.slice(0, 3), trained[0], ...chosen.slice(0, 2)];
    // A row is known by its text and image; other labels do not make it another.
    await writeCsv(`${place.folder}/test`, rows.map((film) => ({ ...film, labels: ["drama"] })));
    const { scores, said } = await evaluated(place, "--data", "test");
    assertEquals(said, [
      '11 rows: all of "test"',
      "warning: the run was trained on 4 of them",
      "warning: 2 of them are validation rows of the run, by which it chose its best epoch",
      "none of them has comedy, war: F1 of these labels is 0, also in macro-F1",
      "",
    ]);
    assertEquals(scores.perLabel.map(({ support }: { support: number }) => support), [0, 11, 0]);
  }));

Deno.test("a label that the run does not know is refused by name and row", () =>
  withTrained(async (place) => {
    await writeCsv(`${place.folder}/test`, [...films(4, 100), { ...filmOf(9), labels: ["war", "noir"] }]);
    const said = await place.say(["evaluate", "run", "--data", "test", ...engine]);
    assertEquals([said.code, said.stdout], [1, ""]);
    assertStringIncludes(
      said.stderr,
      "expected the labels comedy, drama, war, found also noir, the first in row 6; take such rows out, or start another run\n",
    );
  }));

Deno.test("a loss that knows how frequent labels are has the frequencies of the run's training rows", () =>
  withTrained(async (place) => {
    const loss = async (...args: readonly string[]) => (await evaluated(place, ...args)).scores.loss;
    const rows = await readValidation(`${place.folder}/run`);
    await writeCsv(`${place.folder}/part`, rows.map(({ row }) => filmOf(row - 2)));
    assertEquals(await loss("--data", "part"), await loss());
  }, ["--set", 'loss={"name":"balancedCrossEntropy","cap":50}']));

Deno.test("a run of an earlier version is evaluated with a warning that its rows are not recorded", () =>
  withTrained(async (place) => {
    await Deno.remove(runFiles(`${place.folder}/run`).split);
    const { said } = await evaluated(place);
    assertStringIncludes(said[0], "warning: an earlier version made this run and did not record its rows");
  }));
