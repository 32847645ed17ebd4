/**
 * Starts a command of this library under the permissions that it needs and no others: what the tasks of deno.json call.
 * This process reads no recipe; what does so is its child.
 */
import { join } from "node:path";
import { didYouMean, OnesheetError } from "../base/errors.ts";
import { flagsOf, hereOf, plainPaths, project, type Rights, rights, type Variable } from "./allowed.ts";
import { ending } from "./running.ts";
import { print } from "./terminal.ts";

/** A command line of `main.ts`, and the process that it runs in. */
export interface Start {
  readonly args: readonly string[];
  readonly rights: Rights;
  /** Further flags of Deno. */
  readonly flags?: readonly string[];
  /** The whole environment. Default: this process's. */
  readonly env?: Readonly<Record<string, string>>;
}

const variable: Variable = (name) => Deno.env.get(name);

/** What a task starts; undefined where there is nothing left to do. */
async function startOf([task, ...args]: readonly string[]): Promise<Start | undefined> {
  if (task === "sandbox") return await (await import("./sandbox.ts")).sandboxed(args, variable);
  const all = rights(variable);
  if (task !== undefined && Object.hasOwn(all, task)) return { args: [task, ...args], rights: all[task] };
  const names = [...Object.keys(all), "sandbox"];
  throw new OnesheetError(
    `Cannot start "${task ?? ""}": expected one of ${names.join(", ")}${didYouMean(task ?? "", names)}`,
    { exitCode: 2 },
  );
}

/** The command line of Deno for a start. */
const commandLine = ({ args, rights, flags = [] }: Start, folder: string): string[] => [
  ...["run", "--no-prompt", "--cached-only", "--config", join(project, "deno.json")],
  ...flags,
  ...flagsOf(rights, folder),
  join(project, "src", "cli", "main.ts"),
  ...args,
];

/** Passes signals on to a process; Ctrl-C reaches it from the terminal. */
function passSignals(child: Deno.ChildProcess): void {
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) {
    Deno.addSignalListener(signal, () => {
      if (signal === "SIGINT" && Deno.stdin.isTerminal()) return;
      try {
        child.kill(signal);
      } catch {
        // It has ended.
      }
    });
  }
}

async function run(start: Start): Promise<number> {
  const folder = hereOf(variable);
  const child = new Deno.Command(Deno.execPath(), {
    args: commandLine(start, folder),
    cwd: folder,
    ...(start.env ? { env: start.env, clearEnv: true } : { env: plainPaths(variable) }),
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  passSignals(child);
  return (await child.status).code;
}

/** Starts a task and waits for its end; gives its exit code. `allowed TASK …` prints what it would start. */
const task = (args: readonly string[]): Promise<number> =>
  ending(async () => {
    const show = args[0] === "allowed", start = await startOf(show ? args.slice(1) : args);
    if (start === undefined) return 0;
    if (!show) return await run(start);
    print(["deno", ...commandLine(start, hereOf(variable))].join("\n"));
    return 0;
  });

if (import.meta.main) Deno.exit(await task(Deno.args));
