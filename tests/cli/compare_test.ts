/** `compare`: a table, its files, going on, and what is refused. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { encodePng } from "../../src/data/drawn/png.ts";
import { inProject, small, withPlace } from "./command_line.ts";

const two = inProject("tests/cli/two_systems.ts");
const common = [two, "--engine", "portable", ...small, "--epochs", "1", "--out", "runs/two"];

Deno.test("two systems with two seeds are one table of four trainings, which is written and gone on with", async () => {
  await withPlace(async ({ done, folder }) => {
    const first = await done(["compare", ...common, "--seeds", "1", "--systems", "text", "--json"]);
    assertEquals(JSON.parse(first.stdout).length, 1);
    const { stdout, stderr } = await done(["compare", ...common, "--seeds", "1,2"]);
    assertMatch(stdout, /^both\s+2 .*±/m);
    assertMatch(stdout, /^text\s+2 .*±/m);
    assertMatch(stdout, /Published.*\n\n.*\n.*\nboth\s+0\.500\s+0\.250\s+-/);
    assertEquals(stderr.match(/^epoch 1 /gm)?.length, 3, "the fourth training was done before");
    const written = await Deno.readTextFile(`${folder}/runs/two/comparison.md`);
    assertMatch(written, /^\| both \| 2 \|/m);
    assertEquals(JSON.parse(await Deno.readTextFile(`${folder}/runs/two/comparison.json`)).length, 4);
  });
});

Deno.test("an unknown system, seeds that are none and a file that is no comparison are sentences", async () => {
  await withPlace(async ({ say, folder }) => {
    const unknown = await say(["compare", two, "--systems", "bot"]);
    assertEquals(unknown.code, 2);
    assertStringIncludes(
      unknown.stderr,
      'Cannot compare "bot": expected some of both, text; did you mean "both"?',
    );
    const seeds = await say(["compare", two, "--seeds", "1,x"]);
    assertStringIncludes(
      seeds.stderr,
      'Cannot use --seeds: expected whole numbers, such as 1,2,3, found "x"',
    );
    const recipe = await say(["compare", inProject("recipes/quickstart.ts")]);
    assertStringIncludes(recipe.stderr, "expected one as its default export");
    assertEquals([...Deno.readDirSync(folder)].filter(({ name }) => name === "runs"), []);
  });
});

Deno.test("a list that repeats a seed in another spelling, or has none, is refused before anything is written", async () => {
  await withPlace(async ({ say, folder }) => {
    const refused = [["1,1", '"1" twice'], ["1,", "an empty one"], ["1,01", "1 twice"], ["-1", '"-1"'], [
      "1e0",
      '"1e0"',
    ]];
    for (const [seeds, found] of refused) {
      const { code, stderr } = await say(["compare", two, `--seeds=${seeds}`]);
      assertEquals(code, 2, seeds);
      assertStringIncludes(stderr, found);
    }
    assertEquals([...Deno.readDirSync(folder)].filter(({ name }) => name === "runs"), []);
  });
});

Deno.test("a system that fails is a row with its reason, the others are trained, and a second call repeats none of them", async () => {
  await withPlace(async ({ say, folder }) => {
    const three = [
      inProject("tests/cli/three_systems.ts"),
      ...common.slice(1, -1),
      "runs/three",
      "--seeds",
      "1",
    ];
    const first = await say(["compare", ...three]);
    assertEquals(first.code, 1);
    assertMatch(first.stdout, /^good +1 +0\./m);
    assertMatch(first.stdout, /^broken +0 of 1 +failed/m);
    assertMatch(first.stdout, /^text +1 +0\./m);
    assertMatch(first.stdout, /^broken, seed 1, failed: .*loss is /m);
    const second = await say(["compare", ...three]);
    assertEquals([second.code, second.stdout], [1, first.stdout]);
    assertEquals(second.stderr.match(/^epoch 1 /gm), null);
    const written = JSON.parse(await Deno.readTextFile(`${folder}/runs/three/comparison.json`));
    assertEquals(
      written.map((
        { system, scores }: { system: string; scores?: unknown },
      ) => [system, scores !== undefined]),
      [["good", true], ["broken", false], ["text", true]],
    );
  });
});

Deno.test("a reason that every system has is the command's own", async () => {
  await withPlace(async ({ say, folder }) => {
    const { code, stderr } = await say(["compare", ...common, "--seeds", "1", "--data", "nowhere"]);
    assertEquals(code, 2);
    assertMatch(stderr, /^Cannot .*nowhere.*\n$/m);
    assertEquals([...Deno.readDirSync(folder)].filter(({ name }) => name === "runs"), []);
  });
});

Deno.test("what compare trained is evaluated, predicted with and exported like any run, and reused only while its code is the same", async () => {
  await withPlace(async ({ say, done, folder }) => {
    const file = `${folder}/systems.ts`;
    const write = (activation: string) =>
      Deno.writeTextFile(
        file,
        `import { comparison, ${activation} } from "${inProject("mod.ts")}";
import quickstart, { model } from "${inProject("recipes/quickstart.ts")}";
const made = model(["image", "text"]);
export default comparison([
  { name: "one", recipe: { ...quickstart, model: (inputs, at, about) => ${activation}(made(inputs, at, about)) } },
]);
`,
      );
    await write("silu");
    const compare = [
      "compare",
      file,
      ...common.slice(1, -1),
      "runs/own",
      "--seeds",
      "3",
      "--set",
      "batchSize=8",
    ];
    await done(compare);
    const run = "runs/own/one-seed3", engine = ["--engine", "portable"];
    const { validation, test } = JSON.parse(await Deno.readTextFile(`${folder}/${run}/trial.json`)).rows;
    const evaluated = await done(["evaluate", run, ...engine]);
    assertStringIncludes(evaluated.stderr, `${validation} validation rows of the run`);
    assertEquals(validation, test);
    const image = `${folder}/poster.png`;
    await Deno.writeFile(image, encodePng({ width: 9, height: 9, data: new Uint8ClampedArray(243) }));
    const predicted = await done([
      "predict",
      run,
      "--poster",
      image,
      "--plot",
      "A ship.",
      "--json",
      ...engine,
    ]);
    assertEquals(JSON.parse(predicted.stdout).length, 8);
    await done(["export", run, "--to", "safetensors", "--out", "exported"]);
    assertEquals((await Deno.stat(`${folder}/exported/model.safetensors`)).isFile, true);

    assertEquals((await done(compare)).stderr.match(/^epoch 1 /gm), null);
    await write("relu");
    const refused = await say(compare);
    assertEquals(refused.code, 2);
    assertMatch(
      refused.stderr,
      /Cannot use the trial in ".*one-seed3": code was \w+, would be \w+; use another --out/,
    );
  });
});
