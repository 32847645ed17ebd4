/** A recipe that is edited after training: the run stays what it was, and says so. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { readRecord } from "../../src/train/run.ts";
import { filmOf, films, writeCsv } from "../train/film_runs.ts";
import { inProject, type Place, withPlace } from "./command_line.ts";

const engine = ["--engine", "portable"];

interface Parts {
  readonly std?: string;
  readonly epochs?: number;
  readonly model?: string;
  readonly width?: number;
}

const MODEL = 'linear(3)(meanPool()(conv2d(width, 3)(image, at("conv")), at("pool")), at("head"))';

/** Writes a recipe of two files beside its data. */
async function write(
  folder: string,
  { std = "[0.2, 0.2, 0.2]", epochs = 1, model = MODEL, width = 4 }: Parts,
) {
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/width.ts`, `export const width = ${width};`);
  await Deno.writeTextFile(
    `${folder}/films.ts`,
    `import { constant, conv2d, csvFolder, linear, meanPool, recipe } from ${
      JSON.stringify(inProject("mod.ts"))
    };
     import { width } from "./width.ts";
     export default recipe({
       name: "films",
       data: csvFolder({ file: import.meta.resolve("./films.csv"), separator: "|", pixels: 8, tokens: 8,
         vocabulary: 300, validation: 0.25, std: ${std} }),
       labels: 3,
       model: ({ image }, at) => ${model},
       batchSize: 4,
       epochs: ${epochs},
       learningRate: constant({ rate: 1e-2 }),
     });`,
  );
}

async function withTrained(test: (place: Place, own: string) => Promise<void>): Promise<void> {
  await withPlace(async (place) => {
    const own = `${place.folder}/own`;
    await write(own, {});
    await writeCsv(own, films(24));
    await Deno.writeFile(`${place.folder}/poster.jpg`, filmOf(50).poster);
    await place.done(["train", "own/films.ts", "--run", "run", ...engine]);
    await test(place, own);
  });
}

const warnings = (stderr: string): string[] =>
  stderr.split("\n").filter((line) => line.startsWith("warning: "));

const predict = ["predict", "run", "--poster", "poster.jpg", "--plot", "A ship.", "--json", ...engine];
const evaluate = ["evaluate", "run", "--json", ...engine];

Deno.test("settings that were edited change no answer, and are said where they were and are", () =>
  withTrained(async ({ done }, own) => {
    const answers = async () => {
      const said = [await done(predict), await done(evaluate)];
      return { answers: said.map(({ stdout }) => stdout), said: said.map(({ stderr }) => warnings(stderr)) };
    };
    const before = await answers();
    assertEquals(before.said, [[], []]);
    await write(own, { std: "[0.02, 0.02, 0.02]" });
    const after = await answers();
    assertEquals(after.answers, before.answers);
    const file = `${own}/films.ts`;
    const expected = [
      `warning: "${file}" has changed since the run began, whose settings are used: data.std was [0.2,0.2,0.2], is now ` +
      "[0.02,0.02,0.02]",
      `warning: the code of "${file}", or of a file that it imports, has changed since the run began`,
    ];
    assertEquals(after.said, [expected, expected]);
  }));

Deno.test("a run is resumed with its own settings, and with those of the command line on top", () =>
  withTrained(async ({ done, folder }, own) => {
    await write(own, { std: "[0.02, 0.02, 0.02]", epochs: 9 });
    const { stderr } = await done([
      "train",
      "own/films.ts",
      "--run",
      "run",
      "--resume",
      "--epochs",
      "2",
      ...engine,
    ]);
    assertStringIncludes(
      warnings(stderr)[0],
      "data.std was [0.2,0.2,0.2], is now [0.02,0.02,0.02]; epochs was 1, is now 9",
    );
    const { recipe } = await readRecord(`${folder}/run`) as {
      recipe: { epochs: number; data: { std: number[] } };
    };
    assertEquals([recipe.epochs, recipe.data.std], [2, [0.2, 0.2, 0.2]]);
    await write(own, {});
    const again = await done(["train", "own/films.ts", "--run", "run", "--resume", ...engine]);
    assertEquals(warnings(again.stderr), []);
    assertStringIncludes(again.stderr, "nothing is left to train: all epochs (2) are done");
  }));

Deno.test("code that was edited in a file beside the recipe is warned of, and a model that does not fit is a sentence", () =>
  withTrained(async ({ say }, own) => {
    await write(own, { width: 5 });
    const wider = await say(evaluate);
    assertEquals([wider.code, wider.stdout], [1, ""]);
    assertEquals(warnings(wider.stderr).length, 1);
    assertStringIncludes(
      wider.stderr,
      'Cannot load "conv.weight": expected [5, 3, 3, 3], found [4, 3, 3, 3]',
    );
    await write(own, { model: MODEL.replace('"head"', '"other"') });
    const renamed = await say(predict);
    assertEquals([renamed.code, renamed.stdout], [1, ""]);
    assertStringIncludes(
      renamed.stderr,
      'expected every parameter, found 2 missing: "other.weight" (nearest: "head.weight")',
    );
  }));

Deno.test("a recipe that moved with its data is resumed; without its file a run is a sentence with the way out", () =>
  withTrained(async ({ done, say, folder }, own) => {
    await Deno.rename(own, `${folder}/moved`);
    const { stderr } = await done([
      "train",
      "moved/films.ts",
      "--run",
      "run",
      "--resume",
      "--epochs",
      "2",
      ...engine,
    ]);
    assertEquals(warnings(stderr), []);
    await done(evaluate);
    await Deno.remove(`${folder}/moved`, { recursive: true });
    const said = await say(predict);
    assertEquals(
      [said.code, said.stderr.replaceAll(folder, "HERE")],
      [
        2,
        'Cannot use the run "HERE/run": expected its recipe in "HERE/moved/films.ts", found none; put the file back ' +
        "there, or name it by --recipe\n",
      ],
    );
  }));
