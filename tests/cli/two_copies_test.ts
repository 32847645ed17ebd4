/** A recipe that imports another copy of this library than the one whose command runs it. */
import { assertEquals, assertMatch } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { inProject, small, withPlace } from "./command_line.ts";

/** A copy of the library in `<folder>/copy`, with packages of its own, and with another version in its `deno.json`. */
async function copyLibrary(folder: string, version?: string): Promise<string> {
  const copy = `${folder}/copy`;
  await Deno.mkdir(copy);
  const names = ["deno.json", "deno.lock", "mod.ts", "src", "layers", "recipes", "shims"].map(inProject);
  await new Deno.Command("cp", { args: ["-r", ...names, copy] }).output();
  const config = await Deno.readTextFile(`${copy}/deno.json`);
  if (version) {
    await Deno.writeTextFile(
      `${copy}/deno.json`,
      config.replace(/"version": "[^"]*"/, `"version": "${version}"`),
    );
  }
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["install", "-q", "--cached-only"],
    cwd: copy,
  }).output();
  assertEquals(code, 0);
  return `${copy}/recipes/quickstart.ts`;
}

Deno.test("a recipe of another copy trains to the same bits, and nothing is registered twice", async () => {
  await withPlace(async ({ folder, done, say }) => {
    const theirs = await copyLibrary(folder);
    const rest = ["--engine", "portable", ...small, "--max-steps", "2"];
    const said = await done(["train", theirs, ...rest, "--run", "theirs"]);
    assertEquals(said.stderr.split("\n").filter((line) => line.includes("registered")), []);
    await done(["train", inProject("recipes/quickstart.ts"), ...rest, "--run", "ours"]);
    const [a, b] = ["theirs", "ours"].map((run) => Deno.readFileSync(`${folder}/${run}/best.safetensors`));
    assertEquals(a, b);

    // An error of the other copy ends a command as one of ours does.
    const refused = await say(["train", theirs, ...rest, "--set", `loss={"name":"focal","alpha":"x"}`]);
    assertEquals([refused.code, refused.stderr], [
      2,
      'Cannot set "alpha" of focal: expected a number such as 0.5, found "x"\n',
    ]);
  });
});

Deno.test("a recipe of another version of this library is refused in one sentence", async () => {
  await withPlace(async ({ folder, say }) => {
    const { code, stderr } = await say(["train", await copyLibrary(folder, "9.9.9"), "--plan"]);
    assertEquals(code, 1);
    assertMatch(
      stderr,
      /^Cannot use two versions of Onesheet in one process: expected \S+ as in "file:.*", found 9\.9\.9 in "file:.*copy\/"; run a recipe by the commands of the copy that it imports\n$/,
    );
  });
});

Deno.test("an error of another copy is an OnesheetError, and other errors are none", async () => {
  const other = await import("../../src/base/errors.ts?copy");
  class Kind extends OnesheetError {}
  assertEquals(other.OnesheetError === OnesheetError, false);
  assertEquals(new other.OnesheetError("Cannot.") instanceof OnesheetError, true);
  assertEquals(new Kind("Cannot.") instanceof other.OnesheetError, true);
  assertEquals([new Kind("Cannot.") instanceof Kind, new other.OnesheetError("Cannot.") instanceof Kind], [
    true,
    false,
  ]);
  for (const value of [new Error("x"), null, undefined, "x", {}]) {
    assertEquals(value instanceof OnesheetError, false);
  }
});
