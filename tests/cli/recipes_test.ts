/** Recipes and runs by the names that a person gives them, through the real command. */
import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { basename, relative } from "node:path";
import { newRunFolder, withSettings } from "../../src/cli/recipes.ts";
import { OnesheetError } from "../../src/base/errors.ts";
import { tiny } from "../train/tiny.ts";
import { readMetrics } from "../../src/train/run.ts";
import { inProject, type Place, quickstart, small, trainSmall, withPlace } from "./command_line.ts";

/** Writes a recipe file; gives its name. */
async function written({ folder }: Place, source: string): Promise<string> {
  await Deno.writeTextFile(`${folder}/own.ts`, source);
  return "own.ts";
}

/** Expects a sentence for a recipe file, and that nothing is written. */
async function refused(source: string, code: number, sentence: RegExp): Promise<void> {
  await withPlace(async (place) => {
    const said = await place.say(["train", await written(place, source), "--engine", "portable"]);
    assertEquals([said.code, said.stdout], [code, ""], said.stderr);
    assertMatch(said.stderr, sentence);
    assertEquals([...Deno.readDirSync(place.folder)].map(({ name }) => name), ["own.ts"]);
  });
}

Deno.test("settings may be numbers that a recipe leaves out, and are checked", () => {
  const set = (...settings: string[]) => withSettings(tiny(), settings);
  const { accumulate, clipNorm, average } = set("accumulate=4", "clipNorm=0.5", 'average={"decay":0.9}');
  assertEquals([accumulate, clipNorm, average], [4, 0.5, { decay: 0.9 }]);
  assertEquals(set("loss=asymmetric", "loss.margin=0.1").loss.options.margin, 0.1);
  assertEquals([set("optimizer=adam").optimizer.name, set("learningRate=linearDecay").learningRate.name], [
    "adam",
    "linearDecay",
  ]);
  for (const setting of ["accumulate=two", "clipNorm=-1", "average=0.9", "average=true"]) {
    assertEquals(assertThrows(() => set(setting), OnesheetError).exitCode, 2);
  }
});

const mod = JSON.stringify(inProject("mod.ts"));
const recipeWith = (fields: string) =>
  `import * as one from ${mod};
   import quickstart from ${JSON.stringify(quickstart)};
   export default one.recipe({ ...quickstart, ${fields} });`;

Deno.test("a recipe file without a default export is refused", () =>
  refused(
    "export const recipe = {};",
    1,
    /^Cannot load the recipe "own\.ts": expected a recipe as its default export, found no default export; end the file with `export default recipe\(\{ … \}\)`\n$/,
  ));

Deno.test("a recipe file whose default export is something else is refused", async () => {
  for (const other of ["3", "null", "{}", `"mmimdb"`, "{ model: 1 }"]) {
    await refused(
      `export default ${other};`,
      1,
      /^Cannot load the recipe "own\.ts": expected a recipe as its default export, found something else; .*\n$/,
    );
  }
});

Deno.test("a recipe file that throws is refused with what it threw", () =>
  refused(
    `throw new Error("the moon is full");`,
    1,
    /^Cannot load the recipe "own\.ts": the moon is full\n$/,
  ));

Deno.test("a recipe file with a mistake in its syntax is refused with the place of it", () =>
  refused(
    "export default {\n  name: ,\n};",
    1,
    /^Cannot load the recipe "own\.ts": SyntaxError: .*own\.ts:2:9\n$/s,
  ));

Deno.test("a recipe file that imports what is not there is refused with its name", () =>
  refused(`import "./gone.ts";`, 1, /^Cannot load the recipe "own\.ts": Module not found "file:.*gone\.ts"/));

Deno.test("a recipe with a number out of range is refused, wherever the number comes from", async () => {
  const sentence =
    /^Cannot use recipe "quickstart": expected batchSize to be a whole number of at least 1, found 0\n$/;
  await refused(recipeWith("batchSize: 0"), 2, sentence);
  await withPlace(async ({ say, folder }) => {
    const said = await say(["train", quickstart, "--engine", "portable", "--set", "batchSize=0"]);
    assertEquals([said.code, said.stdout], [2, ""]);
    assertMatch(said.stderr, sentence);
    assertEquals([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("a model whose layers do not fit together is refused with the path of the layer", () =>
  refused(
    recipeWith(`model: ({ image, ids, mask }, at) => one.attentionFusion({ heads: 5 })(
      [one.linear(32)(one.meanPool()(image, at("pool")), at("a"))], { attention: at("fusion"), norm: at("norm") })`),
    1,
    /"fusion": .*heads.*\n$/,
  ));

Deno.test("a model that does not end in the labels is refused with both shapes", () =>
  refused(
    recipeWith(
      `labels: 8, model: ({ image }, at) => one.linear(7)(one.meanPool()(image, at("pool")), at("head"))`,
    ),
    1,
    /Cannot build the model: expected logits of shape \[batch, 8\], found \[batch, 7\]; make the head as wide as the model function's `numLabels`\n$/,
  ));

Deno.test("a folder is no recipe, and a file that is not there neither", async () => {
  await withPlace(async ({ say, folder }) => {
    for (const [path, found] of [[".", "a folder that holds no run"], ["none.ts", "none"]]) {
      for (const command of ["train", "evaluate"]) {
        const said = await say([command, path]);
        const sentence = `Cannot load the recipe "${path}": expected a file, found ${found}\n`;
        assertEquals(said, { code: 2, stdout: "", stderr: sentence });
      }
    }
    assertEquals([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("a new run's folder has the recipe's name and the time in it", () => {
  const folder = newRunFolder("own_recipe", new Date("2026-03-04T05:06:07.890Z"));
  assertEquals(basename(folder), "own_recipe-20260304-050607");
  assertEquals(basename(relative("/", folder + "/..")), "runs");
});

Deno.test("a run lies under runs/ where the person stands, and --resume goes on with the recipe's newest", async () => {
  await withPlace(async (place) => {
    const { done, folder } = place;
    await Deno.writeTextFile( // its path is relative to where the person stands
      `${folder}/near.ts`,
      (await Deno.readTextFile(quickstart)).replace(`"../mod.ts"`, mod),
    );
    const { stdout } = await done(["train", "near.ts", "--engine", "portable", ...small, "--epochs", "1"]);
    const run = stdout.match(/^run folder: (.*)$/m)![1];
    assertMatch(relative(folder, run), /^runs\/quickstart-\d{8}-\d{6}$/);

    // Others that --resume must not take: an older one, one of a recipe whose name begins alike, a folder of one's own.
    for (
      const other of ["quickstart-20200101-000000", "quickstart-large-20990101-000000", "quickstart-zzz"]
    ) {
      await Deno.mkdir(`${folder}/runs/${other}`);
    }
    const again = await done(["train", "near.ts", "--engine", "portable", "--resume", "--epochs", "2"]);
    assertStringIncludes(again.stderr, "going on after step 3, in epoch 2\n");
    assertEquals((await readMetrics(run)).map(({ epoch }) => epoch), [1, 2]);
  });
});

Deno.test("--resume without a run is refused", async () => {
  await withPlace(async ({ say, folder }) => {
    assertEquals(await say(["train", quickstart, "--resume"]), {
      code: 2,
      stdout: "",
      stderr:
        `Cannot resume "quickstart": expected a run of it in "${folder}/runs", found none; name one by --run\n`,
    });
    assertEquals(await say(["train", quickstart, "--resume", "--run", "gone"]), {
      code: 2,
      stdout: "",
      stderr: `Cannot read the run "${folder}/gone": expected a run folder, found none\n`,
    });
    assertEquals([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("a run is gone on with by its own recipe, its own rows and its own weights only", async () => {
  await withPlace(async (place) => {
    const { say, folder } = place;
    await trainSmall(place, "--epochs", "1");
    const resume = ["--resume", "--run", "run", "--engine", "portable"];
    const said = await say(["train", inProject("examples/own_recipe.ts"), ...resume]);
    assertEquals([said.code, said.stderr], [
      2,
      `Cannot resume "${folder}/run" with the recipe "own_recipe": it is a run of "quickstart"; ` +
      "name that recipe's file\n",
    ]);
    for (const [option, value] of [["limit", "9"], ["weights", "random"]]) {
      const said = await say(["train", quickstart, ...resume, `--${option}`, value]);
      assertEquals([said.code, said.stderr], [
        2,
        `Cannot use --${option} with --resume: a run goes on with the weights and the rows that it has; start another\n`,
      ]);
    }
  });
});
