/** How command lines run: help, work, and an end that a person reads in one sentence. */
import { messageOf, OnesheetError } from "../base/errors.ts";
import { type Command, helpText } from "./command.ts";
import { parseCommand, type Parsed } from "./options.ts";
import { outputFault, print, tell } from "./terminal.ts";

/** Runs a command, or prints its help with `more` below; gives the exit code. */
export async function runCommand<C extends Command>(
  command: C,
  args: readonly string[],
  run: (parsed: Parsed<C>) => Promise<number>,
  more?: string,
): Promise<number> {
  const parsed = parseCommand(command, args);
  if (parsed !== "help") return await run(parsed);
  print([helpText(command), ...more === undefined ? [] : [more]].join("\n\n"));
  return 0;
}

/** Longest message that is printed, in characters. */
const LONGEST = 8000;

const short = (message: string): string =>
  message.length <= LONGEST
    ? message
    : `${message.slice(0, LONGEST)}… (${message.length - LONGEST} characters more)`;

/**
 * The exit code of work: 1 where standard output did not take all of it. An error is a sentence on standard error, with
 * `verbose` also where it comes from.
 */
export async function ending(work: () => Promise<number>, verbose = false): Promise<number> {
  try {
    const code = await work();
    return code === 0 && outputFault() !== undefined ? 1 : code;
  } catch (error) {
    tell(verbose ? Deno.inspect(error) : short(messageOf(error)));
    return error instanceof OnesheetError ? error.exitCode : 1;
  }
}
