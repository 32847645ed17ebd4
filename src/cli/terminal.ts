/** Where commands print. Nothing out of a file, such as the name of a label, reaches the terminal as a command to it. */
import { printable } from "../base/errors.ts";

/** Prints lines to standard output. */
export const print = (text: string): void => console.log(printable(text));

/** Prints lines to standard error. */
export const tell = (text: string): void => console.error(printable(text));

/** A value as JSON that a terminal may show: what it would obey is written as `\u…`, which reads as the same value. */
export const jsonText = (value: unknown, indent?: number): string =>
  printable(
    JSON.stringify(value, null, indent),
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
