/** The command line: `deno task <command>`. */
import { didYouMean, OnesheetError } from "../base/errors.ts";
import type { Command } from "./command.ts";
import { compare, compareCommand } from "./compare.ts";
import { doctor, doctorCommand } from "./doctor.ts";
import { evaluate, evaluateCommand } from "./evaluate.ts";
import { exportCommand, exportRun } from "./export.ts";
import type { Parsed } from "./options.ts";
import { parity, parityCommand } from "./parity.ts";
import { predict, predictCommand } from "./predict.ts";
import { push, pushCommand } from "./push.ts";
import { report, reportCommand } from "./report.ts";
import { ending, runCommand } from "./running.ts";
import { serve, serveCommand } from "./serve.ts";
import { setup, setupCommand, setupEnvironment } from "./setup.ts";
import { print } from "./terminal.ts";
import { train, trainCommand } from "./train.ts";

/** A command of the command line. */
interface Bound {
  readonly summary: string;
  run(args: readonly string[]): Promise<number>;
}

/** A command line tied to what it does: parses, shows help, runs. */
const bind = <C extends Command>(
  command: C,
  run: (parsed: Parsed<C>) => Promise<number>,
  more?: string,
): Bound => ({
  summary: command.summary,
  run: (args) => runCommand(command, args, run, more),
});

const commands: Readonly<Record<string, Bound>> = {
  train: bind(trainCommand, train),
  evaluate: bind(evaluateCommand, evaluate),
  compare: bind(compareCommand, compare),
  report: bind(reportCommand, report),
  predict: bind(predictCommand, predict),
  export: bind(exportCommand, exportRun),
  push: bind(pushCommand, push),
  serve: bind(serveCommand, serve),
  parity: bind(parityCommand, parity),
  doctor: bind(doctorCommand, doctor),
  setup: bind(setupCommand, setup, setupEnvironment),
};

/** The text of `--help` without a command. */
function overview(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return ["Usage\n  deno task <command> [options]", ["Commands", ...lines].join("\n"), "Each has --help."]
    .join("\n\n");
}

/** Runs a command line; gives the exit code. */
export async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === "--help" || name === "-h") {
    print(overview());
    return 0;
  }
  return await ending(async () => {
    if (name === undefined || !Object.hasOwn(commands, name)) {
      const names = Object.keys(commands);
      const hint = name === undefined ? "" : didYouMean(name, names);
      throw new OnesheetError(`Cannot run "${name ?? ""}": expected one of ${names.join(", ")}${hint}`, {
        exitCode: 2,
      });
    }
    return await commands[name].run(args.filter((arg) => arg !== "--verbose"));
  }, args.includes("--verbose"));
}

if (import.meta.main) Deno.exit(await main(Deno.args));
