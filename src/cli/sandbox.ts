/**
 * `sandbox`: a recipe that is not trusted, in a process that reads the project and where the person stands and writes one
 * run folder. Its cache is in that folder; nothing that it leaves is read by a command with more rights.
 */
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { OnesheetError } from "../base/errors.ts";
import { SANDBOX } from "../base/sandbox.ts";
import { tokenPaths } from "../data/places.ts";
import { exists, readRecord } from "../train/run.ts";
import { hereOf, LDD, listed, NATIVE, project, type Rights, type Variable } from "./allowed.ts";
import { type Command, helpText } from "./command.ts";
import { parseCommand, type Parsed } from "./options.ts";
import { predictCommand } from "./predict.ts";
import { newestRun, newRunFolder, userPath } from "./recipes.ts";
import type { Start } from "./task.ts";
import { print } from "./terminal.ts";
import { trainCommand } from "./train.ts";

const fail = (sentence: string): never => {
  throw new OnesheetError(sentence, { exitCode: 2 });
};

const trainHere = {
  ...trainCommand,
  name: "sandbox",
  summary: "Trains a recipe that you do not trust: no network, no native code, one folder to write.\n\n" +
    "`deno task sandbox predict RUN …` uses such a run in the same way.",
  examples: [
    "deno task sandbox theirs.ts",
    "deno task sandbox theirs.ts --resume --run runs/sandbox-theirs-20260101-120000",
    'deno task sandbox predict runs/sandbox-theirs-20260101-120000 --poster a.jpg --plot "A ship is lost."',
  ],
} as const satisfies Command;

const predictHere = { ...predictCommand, name: "sandbox predict" } as const satisfies Command;

/** What a process keeps of the environment: how a terminal shows text, and what the system needs. */
const KEPT = [
  "PATH",
  "NO_COLOR",
  "FORCE_COLOR",
  "TERM",
  "COLORTERM",
  "LANG",
  "LC_ALL",
  "TZ",
  "SystemRoot",
  "windir",
];

/** Variables that the library reads. */
const READ = [
  ...["INIT_CWD", "ONESHEET_CACHE", SANDBOX, "HF_ENDPOINT", "HF_HOME", "HF_HUB_CACHE", "HF_HUB_OFFLINE"],
  ...["XDG_CACHE_HOME", "LOCALAPPDATA"],
];

/** The cache of a sandboxed run. */
const cacheOf = (run: string): string => join(run, "cache");

/** A command line on a run folder; the process may write what is in `write`. */
function start(args: readonly string[], run: string, write: readonly string[], variable: Variable): Start {
  const here = hereOf(variable);
  const rights: Rights = {
    read: [project, here, run, ...listed(variable, "ONESHEET_READ"), LDD],
    write,
    env: [...READ, ...NATIVE],
    unreadable: tokenPaths(variable),
  };
  const env = {
    INIT_CWD: here,
    ONESHEET_CACHE: cacheOf(run),
    HF_HOME: join(cacheOf(run), "huggingface"),
    HF_HUB_OFFLINE: "1",
    [SANDBOX]: "1",
    DENO_NO_UPDATE_CHECK: "1",
    // Deno's own folder is a file: localStorage, caches and compiled code have no place to be kept in.
    DENO_DIR: fileURLToPath(import.meta.url),
  };
  const kept = KEPT.flatMap((name) => {
    const value = variable(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    args,
    rights,
    env: { ...Object.fromEntries(kept), ...env },
    // The project's packages as they are: none is added, and no lock file written.
    flags: ["--frozen", "--node-modules-dir=manual"],
  };
}

/** Refuses what the sandbox has not. */
function demandPossible({ engine, "watch-port": port }: Parsed<typeof trainHere>["options"]): void {
  if (engine === "tensorflow" || engine === "cuda") {
    fail(`Cannot use --engine ${engine} in the sandbox: it is native code; leave --engine out`);
  }
  if (port !== undefined) {
    fail(
      "Cannot use --watch-port in the sandbox: it has no network; `deno task report` writes the page afterwards",
    );
  }
}

/** The folder of a new run, in which nothing is that a stranger's recipe could change. */
async function newFolder(recipe: string, run: string | undefined): Promise<string> {
  if (run === undefined) return newRunFolder(`sandbox-${basename(recipe, extname(recipe))}`);
  const folder = userPath(run);
  if (!await exists(folder)) return folder;
  const { isDirectory } = await Deno.stat(folder);
  const found = isDirectory ? [...Deno.readDirSync(folder)].map(({ name }) => name) : [basename(folder)];
  const left = found.filter((name) => name !== basename(cacheOf(folder)));
  if (left.length === 0) return folder;
  return fail(
    `Cannot give "${folder}" to the sandbox: expected a new or empty folder, found "${left[0]}"` +
      `${isDirectory ? " in it" : ""}; name another by --run, or use --resume with a run of the sandbox`,
  );
}

/** The folder of a run to go on with, which the sandbox made. */
async function oldFolder(recipe: string, run: string | undefined): Promise<string> {
  const folder = run === undefined
    ? await newestRun(`sandbox-${basename(recipe, extname(recipe))}`)
    : userPath(run);
  if ((await readRecord(folder)).sandboxed) return folder;
  return fail(
    `Cannot resume "${folder}" in the sandbox: it was not made there, and a recipe that is not trusted could change ` +
      "it; use `deno task train`, or a copy of the recipe's own run",
  );
}

/** What `deno task sandbox …` starts; undefined where it was asked for its help, which is printed. */
export async function sandboxed(given: readonly string[], variable: Variable): Promise<Start | undefined> {
  if (given[0] === "predict") {
    const parsed = parseCommand(predictHere, given.slice(1));
    if (parsed === "help") return void print(helpText(predictHere));
    const { positionals, options: { out } } = parsed;
    return start(given, userPath(positionals.run), out === undefined ? [] : [userPath(out)], variable);
  }
  const parsed = parseCommand(trainHere, given);
  if (parsed === "help") return void print(helpText(trainHere));
  const { positionals: { recipe }, options } = parsed;
  demandPossible(options);
  const folder = await (options.resume ? oldFolder : newFolder)(recipe, options.run);
  const write = [folder, ...options.svg === undefined ? [] : [userPath(options.svg)]];
  const run = options.run === undefined ? [`--run=${folder}`] : [];
  return start(["train", ...run, ...given], folder, write, variable);
}
