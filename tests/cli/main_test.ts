import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Place, withPlace } from "./command_line.ts";
import { tasks } from "./tasks.ts";

/** Expects one sentence on standard error, nothing on standard output and nothing in the folder. */
async function refuses({ say, folder }: Place, args: readonly string[], code: number, sentence: string) {
  assertEquals(await say(args), { code, stdout: "", stderr: `${sentence}\n` });
  assertEquals([...Deno.readDirSync(folder)], []);
}

/** Those that deno.json calls; a sandbox is another's, and `allowed` shows how they are started. */
const called = [...tasks.values()].flatMap((command) => command.match(/(?<=src\/cli\/task\.ts )\w+$/) ?? [])
  .filter((name) => name !== "sandbox" && name !== "allowed");
/** In the order of the command line's own help. */
const commands = [...(await listed()).matchAll(/^ {2}(\w+) {2}/gm)].map(([_, name]) => name).join(", ");

async function listed(): Promise<string> {
  let text = "";
  await withPlace(async ({ done }) => void (text = (await done(["--help"])).stdout));
  return text.split("Commands\n")[1];
}

Deno.test("every command has a help with its usage, its options and an example", async () => {
  await withPlace(async ({ done }) => {
    for (const command of commands.split(", ")) {
      const { stdout, stderr } = await done([command, "--help"]);
      for (const part of [`Usage\n  deno task ${command}`, "Options\n", "--help", "Examples\n  deno task"]) {
        assertStringIncludes(stdout, part, command);
      }
      assertEquals(stderr, "");
    }
  });
});

Deno.test("help without a command lists those of deno.json, each of which is one", async () => {
  assertEquals([...new Set(called)].sort(), commands.split(", ").sort());
  await withPlace(async ({ done }) => assertStringIncludes((await done(["-h"])).stdout, "Each has --help."));
});

Deno.test("an unknown command is refused, with the nearest one", async () => {
  await withPlace(async (place) => {
    const known = `expected one of ${commands}`;
    await refuses(place, ["trian"], 2, `Cannot run "trian": ${known}; did you mean "train"?`);
    await refuses(place, ["sing"], 2, `Cannot run "sing": ${known}`);
    await refuses(place, [], 2, `Cannot run "": ${known}`);
    await refuses(place, ["constructor"], 2, `Cannot run "constructor": ${known}`);
  });
});

Deno.test("an unknown option, a missing argument and one too many are refused", async () => {
  await withPlace(async (place) => {
    await refuses(
      place,
      ["train", "r.ts", "--epoch", "3"],
      2,
      'Cannot use "--epoch": no such option; did you mean "--epochs"?',
    );
    await refuses(
      place,
      ["train"],
      2,
      "Cannot run train: expected <recipe>, found none; usage: deno task train <recipe> [options]",
    );
    await refuses(
      place,
      ["evaluate", "a", "b"],
      2,
      'Cannot run evaluate: found "b" too many; usage: deno task evaluate <target> [options]',
    );
    await refuses(
      place,
      ["train", "r.ts", "--engine", "portabel"],
      2,
      'Cannot use "--engine": expected one of auto, cuda, tensorflow, portable, found "portabel"; did you mean "portable"?',
    );
  });
});

Deno.test("where an error comes from is told with --verbose only", async () => {
  await withPlace(async ({ say }) => {
    const { code, stderr } = await say(["train", "none.ts", "--verbose"]);
    assertEquals(code, 2);
    assertStringIncludes(stderr, 'Cannot load the recipe "none.ts": expected a file, found none\n    at ');
    assert(!(await say(["train", "none.ts"])).stderr.includes("    at "));
  });
});
