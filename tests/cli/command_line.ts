/** The command line as a person meets it: a process of its own, a folder to stand in, a cache, no hub. */
import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A file of the project. */
export const inProject = (path: string): string => `${root}${path}`;

/** How to start a command in a folder; the environment comes on top of the usual one. */
function start(
  args: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", inProject("src/cli/main.ts"), ...args],
    cwd: root,
    env: {
      INIT_CWD: folder,
      ONESHEET_CACHE: `${folder}/cache`,
      ONESHEET_TENSORFLOW: "",
      HF_ENDPOINT: "http://127.0.0.1:9",
      HF_HOME: `${folder}/huggingface`,
      HF_HUB_CACHE: "",
      HF_HUB_OFFLINE: "",
      NO_COLOR: "1",
      ...env,
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** What a command said and how it ended. */
export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A place to give commands in. */
export interface Place {
  readonly folder: string;
  /** Gives a command and waits for its end. */
  say(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Said>;
  /** Gives a command that must end well. */
  done(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Said>;
  /** Gives a command and does not wait. */
  start(args: readonly string[], env?: Readonly<Record<string, string>>): Deno.ChildProcess;
}

/** Ends a process that a failed test has left behind. */
function end(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It had ended.
  }
}

/** Runs a test with a place of its own. */
export async function withPlace(test: (place: Place) => Promise<void>): Promise<void> {
  // Where errors name paths, they name this one, without links.
  const folder = await Deno.realPath(await Deno.makeTempDir());
  const children: Deno.ChildProcess[] = [];
  const started: Place["start"] = (args, env) => {
    const child = start(args, folder, env);
    children.push(child);
    return child;
  };
  const say: Place["say"] = async (args, env) => {
    const { code, stdout, stderr } = await started(args, env).output();
    const [said, told] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    return { code, stdout: said, stderr: told };
  };
  const done: Place["done"] = async (args, env) => {
    const said = await say(args, env);
    assertEquals(said.code, 0, said.stderr);
    return said;
  };
  try {
    await test({ folder, say, done, start: started });
  } finally {
    for (const child of children) end(child);
    await Deno.remove(folder, { recursive: true });
  }
}

/** The quickstart, on sixty films of 16 pixels: three steps an epoch. */
export const quickstart = inProject("recipes/quickstart.ts");

/** What makes a recipe on drawn films small. */
export const small: readonly string[] = ["rows=60", "pixels=16", "tokens=16"].flatMap((setting) => [
  "--set",
  `data.${setting}`,
]);

/** Trains the small quickstart in `<folder>/run`. */
export const trainSmall = (
  { done, folder }: Place,
  ...more: readonly string[]
): Promise<Said> =>
  done(["train", quickstart, "--engine", "portable", ...small, "--run", `${folder}/run`, ...more]);
