/**
 * Tests of files by the program that they are for, in Python: of `ONESHEET_PYTHON`, or python3. Where that has not the
 * packages, a test is skipped and its name says so.
 */
import { hasPackages } from "../bench/python.ts";

const python = Deno.env.get("ONESHEET_PYTHON") || "python3";

/** Runs a program in Python with these arguments; gives what it prints. Any error is thrown with its last lines. */
export type RunPython = (program: string, ...args: readonly string[]) => Promise<string>;

const run: RunPython = async (program, ...args) => {
  const { success, stdout, stderr } = await new Deno.Command(python, {
    args: ["-c", program, ...args],
    env: { HF_HUB_OFFLINE: "1", TOKENIZERS_PARALLELISM: "false", TRANSFORMERS_VERBOSITY: "error" },
  }).output();
  const [said, told] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (!success) throw new Error(told.trimEnd().split("\n").slice(-5).join("\n"));
  return said;
};

/** A test that needs a Python with packages, by the names they are imported by. */
export async function pythonTest(
  name: string,
  packages: readonly string[],
  test: (python: RunPython) => Promise<void>,
): Promise<void> {
  const has = await hasPackages(python, packages);
  Deno.test({
    name: has ? name : `${name} (skipped: ONESHEET_PYTHON names no Python with ${packages.join(", ")})`,
    ignore: !has,
    fn: () => test(run),
  });
}
