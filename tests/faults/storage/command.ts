/** The training command on a small drawn data set, for faults of the disk under it. */
import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeDrawn } from "../../../src/data/drawn.ts";
import { exists, runFiles } from "../../../src/train/run.ts";
import { fingerprint, halfWritten } from "../killed.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Where a command finds and leaves its files. */
export interface Layout {
  readonly data: string;
  readonly cache: string;
  readonly run: string;
}

/** A layout in a folder; its data set is drawn when it is not there. */
export async function layoutIn(folder: string): Promise<Layout> {
  const data = join(folder, "data");
  await writeDrawn(data, { rows: 60, seed: 3 });
  return { data, cache: join(folder, "cache"), run: join(folder, "run") };
}

/** How a command ended. */
export interface Said {
  readonly code: number;
  /** Its standard error. */
  readonly said: string;
  /** The last line of that. */
  readonly sentence: string;
}

/** Takes root's right to write where it may not away from a command; others do not have it. */
const unprivileged = Deno.uid() === 0 ? ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all"] : [];

/** Starts training; six steps in two epochs, a checkpoint after every step. */
export function start({ data, cache, run }: Layout, ...more: readonly string[]): Deno.ChildProcess {
  const [program, ...args] = [
    ...unprivileged,
    ...[Deno.execPath(), "run", "-A", "src/cli/main.ts", "train", "recipes/quickstart.ts"],
    ...["data.pixels=16", "data.tokens=16"].flatMap((setting) => ["--set", setting]),
    ...["--engine", "portable", "--data", data, "--run", run, "--epochs", "2", "--checkpoint-every", "1"],
    ...more,
  ];
  return new Deno.Command(program, {
    args,
    cwd: root,
    env: { INIT_CWD: root, ONESHEET_CACHE: cache, HF_ENDPOINT: "http://127.0.0.1:9", NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
}

/** Waits for the end of a command. */
export async function ended(child: Deno.ChildProcess): Promise<Said> {
  const { code, stderr } = await child.output();
  const said = new TextDecoder().decode(stderr);
  return { code, said, sentence: said.trimEnd().split("\n").at(-1) ?? "" };
}

/** Trains to the end of the command. */
export const train = (layout: Layout, ...more: readonly string[]): Promise<Said> =>
  ended(start(layout, ...more));

/** Goes on with the run, or starts it where it had not begun. */
export const goOn = async (layout: Layout): Promise<Said> =>
  await exists(runFiles(layout.run).recipe) ? await train(layout, "--resume") : await train(layout);

/** A command that was refused: exit code 1 or 2, and one sentence that has these words. */
export function assertRefused({ code, sentence, said }: Said, words: RegExp): void {
  assert(code === 1 || code === 2, `ended with ${code}: ${said}`);
  assert(words.test(sentence) && sentence.startsWith("Cannot "), `expected ${words}, found ${sentence}`);
  assert(!said.includes("    at "), said);
}

/** The run comes to its end now, to these bits, and leaves nothing half-written. */
export async function assertWholeRun(layout: Layout, expected: Record<string, string>): Promise<void> {
  const { code, said } = await goOn(layout);
  assertEquals(code, 0, said);
  assertEquals(await fingerprint(layout.run), expected);
  assertEquals([halfWritten(layout.run), await exists(runFiles(layout.run).lock)], [[], false]);
}

/** What a run comes to that nothing disturbs. */
export async function undisturbed(folder: string): Promise<Record<string, string>> {
  const layout = await layoutIn(folder);
  const { code, said } = await train(layout);
  assertEquals(code, 0, said);
  return await fingerprint(layout.run);
}
