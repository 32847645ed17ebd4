/** `compare`: a table, its files, going on, and what is refused. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
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
    assertStringIncludes(seeds.stderr, "Cannot use --seeds 1,x: expected whole numbers, such as 1,2,3");
    const recipe = await say(["compare", inProject("recipes/quickstart.ts")]);
    assertStringIncludes(recipe.stderr, "expected one as its default export");
    assertEquals([...Deno.readDirSync(folder)].filter(({ name }) => name === "runs"), []);
  });
});
