/** Output that is full or that nobody reads any more: the work is done all the same. */
import { assertEquals, assertMatch } from "@std/assert";
import { readMetrics } from "../../src/train/run.ts";
import { inProject, quickstart, small, withPlace } from "./command_line.ts";

const posix = { ignore: Deno.build.os === "windows" };

/** Runs a command line of a shell in which `onesheet` starts a command. */
async function shell(folder: string, line: string): Promise<{ code: number; stderr: string }> {
  const onesheet = `onesheet() { '${Deno.execPath()}' run -A '${inProject("src/cli/main.ts")}' "$@"; }`;
  const { code, stderr } = await new Deno.Command("bash", {
    args: ["-o", "pipefail", "-c", `${onesheet}; ${line}`],
    env: { INIT_CWD: folder, ONESHEET_CACHE: `${folder}/cache`, ONESHEET_TENSORFLOW: "", NO_COLOR: "1" },
    stdout: "null",
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

const train = (run: string) =>
  ["onesheet train", quickstart, "--engine portable", ...small, "--epochs 2 --run", run].join(" ");

Deno.test({
  ...posix,
  name: "a run is whole where standard output is full, and says so at its end",
  ignore: posix.ignore || !(await Deno.stat("/dev/full").then(() => true, () => false)),
  fn: () =>
    withPlace(async ({ folder }) => {
      const { code, stderr } = await shell(folder, `${train(`${folder}/run`)} --json > /dev/full`);
      assertEquals((await readMetrics(`${folder}/run`)).length, 2);
      assertEquals(code, 1, stderr);
      assertMatch(
        stderr,
        /^Cannot write to standard output: No space left on device.*; what was to be printed is lost/m,
      );
      assertEquals(stderr.match(/Cannot write to standard output/g)?.length, 1, "said once");
      const both = await shell(folder, `${train(`${folder}/silent`)} > /dev/full 2> /dev/full`);
      assertEquals([both.code, (await readMetrics(`${folder}/silent`)).length], [1, 2]);
    }),
});

Deno.test({
  ...posix,
  name: "a run is whole where nobody reads its output any more",
  fn: () =>
    withPlace(async ({ folder }) => {
      const { code } = await shell(folder, `${train(`${folder}/run`)} --json 2>&1 | head -n 1`);
      assertEquals([code, (await readMetrics(`${folder}/run`)).length], [0, 2]);
    }),
});
