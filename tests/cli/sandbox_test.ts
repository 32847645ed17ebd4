/** `sandbox`: where a recipe that is not trusted may write, and what a run of it may do afterwards. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { exists, readRecord } from "../../src/train/run.ts";
import { png } from "../data/parquet_files.ts";
import { namesIn } from "../train/checkpointed.ts";
import { inProject, quickstart, small, withPlace } from "./command_line.ts";
import { startTask } from "./tasks.ts";

/** A copy of the quickstart outside of the project, which does this before its first step, with `OWN` its folder. */
const recipeThat = (code = "") =>
  `import quickstart from ${JSON.stringify(quickstart)};
   import { dirname } from "node:path";
   const OWN = dirname(Deno.env.get("ONESHEET_CACHE") ?? "/none/cache");
   const { learningRate } = quickstart, { made } = learningRate;
   const rate = (...args) => { ${code}; return made.rate(...args); };
   export default { ...quickstart, learningRate: { ...learningRate, made: { ...made, rate } } };`;

const poster = ["--poster", "a.png", "--plot", "A ship is lost."];
const step = [...small, "--max-steps", "1"];

/** A place with a recipe that is not trusted. */
const withRecipe = (code: string, test: (folder: string) => Promise<void>) =>
  withPlace(async ({ folder }) => {
    await Deno.writeTextFile(`${folder}/theirs.ts`, recipeThat(code));
    await Deno.writeFile(`${folder}/a.png`, png(20, 30, [200, 9, 9]));
    await test(folder);
  });

Deno.test("a sandboxed run is in one new folder, cache and all, and goes on in the sandbox", async () => {
  await withRecipe("", async (folder) => {
    const first = await startTask(["sandbox", "theirs.ts", ...step], folder);
    assertEquals(first.code, 0, first.stderr);
    assertEquals(namesIn(folder), ["a.png", "runs", "theirs.ts"]);
    const [name, ...others] = namesIn(`${folder}/runs`);
    assertMatch(name, /^sandbox-theirs-\d{8}-\d{6}$/);
    assertEquals(others, []);
    const run = `${folder}/runs/${name}`;
    assert(await exists(`${run}/cache`) && (await readRecord(run)).sandboxed);
    const again = await startTask(["sandbox", "theirs.ts", "--resume", "--max-steps", "2"], folder);
    assertEquals(again.code, 0, again.stderr);
    assertStringIncludes(again.stderr, "going on after step 1");
    assertEquals(namesIn(`${folder}/runs`), [name]);
  });
});

Deno.test("the sandbox takes no folder that holds something, whatever the recipe would do there", async () => {
  const code = `Deno.writeTextFileSync(OWN + "/recipe.json", "{}")`;
  await withRecipe("", async (folder) => {
    await Deno.writeTextFile(`${folder}/theirs.ts`, `${recipeThat()}; ${code};`);
    await Deno.mkdir(`${folder}/runs/mine`, { recursive: true });
    const trained = await startTask(
      ["train", quickstart, "--engine", "portable", ...step, "--run", "runs/trained"],
      folder,
    );
    assertEquals(trained.code, 0, trained.stderr);
    const record = await Deno.readTextFile(`${folder}/runs/trained/recipe.json`);
    await Deno.writeTextFile(`${folder}/runs/mine/thesis`, "years of work");
    const refused = async (says: string, ...args: string[]) => {
      const said = await startTask(["sandbox", "theirs.ts", ...args], folder);
      assertEquals([said.code, said.stdout], [2, ""], said.stderr);
      assertStringIncludes(said.stderr, says);
    };
    await refused("expected a new or empty folder", "--run", "runs/trained");
    await refused('found "thesis" in it', "--run", "runs/mine");
    await refused("expected a new or empty folder", "--run", ".");
    await refused("expected a new or empty folder", "--run=theirs.ts");
    await refused("in the sandbox: it was not made there", "--resume", "--run", "runs/trained");
    await refused('Cannot resume "sandbox-theirs"', "--resume");
    assertEquals(await Deno.readTextFile(`${folder}/runs/trained/recipe.json`), record);
    assertEquals(namesIn(`${folder}/runs/mine`), ["thesis"]);
  });
});

Deno.test("advice in the sandbox is advice that helps there", async () => {
  await withRecipe("", async (folder) => {
    const said = async (...args: string[]) => {
      const { code, stderr } = await startTask(["sandbox", ...args], folder);
      assertEquals(code, 2, stderr);
      return stderr;
    };
    assertEquals(
      await said("theirs.ts", "--engine", "tensorflow"),
      "Cannot use --engine tensorflow in the sandbox: it is native code; leave --engine out\n",
    );
    assertStringIncludes(await said("theirs.ts", "--watch-port", "0"), "it has no network");
    assertStringIncludes(await said("theirs.ts", "--precision", "mixed"), "; leave it out\n");
    const fetching = await startTask(["sandbox", inProject("recipes/mmimdb.ts")], folder);
    assertMatch(
      fetching.stderr,
      /too many for the portable engine: expect minutes a step\nCannot fetch .*: the sandbox has no network; use local files/,
    );
    assertEquals([fetching.code, namesIn(folder)], [1, ["a.png", "runs", "theirs.ts"]]);
    assertStringIncludes(await said(), "usage: deno task sandbox <recipe>");
    const help = await startTask(["sandbox", "--help"], folder);
    assertStringIncludes(help.stdout, "deno task sandbox <recipe> [options]");
    assertEquals(help.code, 0);
  });
});

Deno.test("no command runs what a sandboxed recipe has put into its run, nor the recipe itself, until it is named", async () => {
  const evil = `Deno.writeTextFileSync("runs/pwned", "")`;
  const rewrite = `
    const path = OWN + "/recipe.json", record = JSON.parse(Deno.readTextFileSync(path));
    Deno.writeTextFileSync(OWN + "/evil.ts", ${JSON.stringify(evil)});
    Deno.writeTextFileSync(path, JSON.stringify({ ...record, module: OWN + "/evil.ts", sandboxed: false }))`;
  await withRecipe(rewrite, async (folder) => {
    const trained = await startTask(["sandbox", "theirs.ts", ...step, "--run", "runs/theirs"], folder);
    assertEquals(trained.code, 0, trained.stderr);
    const run = `${folder}/runs/theirs`;
    assertEquals((await readRecord(run)).module, `${run}/evil.ts`);
    const commands = [
      ["predict", "runs/theirs", ...poster],
      ["evaluate", "runs/theirs"],
      ["export", "runs/theirs", "--to", "safetensors"],
      ["serve", "runs/theirs", "--port", "0"],
    ];
    const refused = async (file: string) => {
      for (const command of commands) {
        const { code, stdout, stderr } = await startTask(command, folder);
        assertEquals([code, stdout], [2, ""], stderr);
        assertStringIncludes(stderr, `Cannot run the recipe "${file}" that the run "${run}" names: `);
        assertStringIncludes(stderr, `name it by --recipe "${file}", or use \`deno task sandbox predict\``);
      }
    };
    await refused(`${run}/evil.ts`);
    assertEquals(await exists(`${folder}/runs/pwned`), false);

    const record = await readRecord(run);
    const honest = { ...record, module: `${folder}/theirs.ts` };
    await Deno.writeTextFile(`${run}/recipe.json`, JSON.stringify(honest));
    await refused(`${folder}/theirs.ts`);
    const inside = await startTask(["sandbox", "predict", "runs/theirs", ...poster], folder);
    assertMatch(inside.stdout, /over 0\.5/, inside.stderr);
    const named = await startTask(
      ["predict", "runs/theirs", "--recipe", "theirs.ts", ...poster, "--engine", "portable"],
      folder,
    );
    assertEquals([named.code, named.stdout], [0, inside.stdout], named.stderr);
  });
});

Deno.test("a recipe that was trained once is known from then on; those of the project always are", async () => {
  await withRecipe("", async (folder) => {
    const predict = (run: string, cache: string) =>
      startTask(["predict", `runs/${run}`, ...poster, "--engine", "portable"], folder, {
        ONESHEET_CACHE: `${folder}/${cache}`,
      });
    for (const [recipe, run] of [["theirs.ts", "a"], [inProject("recipes/quickstart.ts"), "b"]]) {
      const args = ["train", recipe, "--engine", "portable", ...step, "--run", `runs/${run}`];
      const said = await startTask(args, folder);
      assertEquals(said.code, 0, said.stderr);
    }
    const codes = [];
    for (const [run, cache] of [["a", "cache"], ["b", "cache"], ["a", "other"], ["b", "other"]]) {
      codes.push((await predict(run, cache)).code);
    }
    assertEquals(codes, [0, 0, 2, 0]);
    await Deno.rename(`${folder}/theirs.ts`, `${folder}/moved.ts`);
    const gone = await predict("a", "cache");
    assertStringIncludes(
      gone.stderr,
      "found none; put the file back there, or name it by --recipe",
    );
  });
});
