/** Where commands print. Nothing out of a file, such as the name of a label, reaches the terminal as a command to it. */
import { messageOf, printable } from "../base/errors.ts";

/** Why standard output takes nothing more. */
let fault: string | undefined;

/** Writes to standard error as far as it takes anything: work is not lost with what is said of it. */
export function writeError(write: () => void): void {
  try {
    write();
  } catch {
    // It is full, or nobody reads it any more.
  }
}

/** Prints lines to standard error. */
export const tell = (text: string): void => writeError(() => console.error(printable(text)));

/**
 * Prints lines to standard output. Where that takes nothing more, such as a file on a full disk, this is said once and
 * the work goes on; {@link outputFault} tells it at the end.
 */
export function print(text: string): void {
  if (fault !== undefined) return;
  try {
    console.log(printable(text));
  } catch (cause) {
    fault = messageOf(cause);
    tell(`Cannot write to standard output: ${fault}; what was to be printed is lost, the work goes on`);
  }
}

/** Why standard output took not everything; undefined where it did. */
export const outputFault = (): string | undefined => fault;

/** A value as JSON that a terminal may show: what it would obey is written as `\u…`, which reads as the same value. */
export const jsonText = (value: unknown, indent?: number): string =>
  printable(
    JSON.stringify(value, null, indent),
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
