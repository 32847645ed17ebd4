/** Errors a person reads: one sentence that names the thing, what was expected and found, and the way out. */
import { inSandbox } from "./sandbox.ts";

/** On errors of every copy of this library in the process. */
const BRAND = Symbol.for("onesheet.error");

/** A failure with a sentence for the user; the command line prints it without a stack and exits with `exitCode`. */
export class OnesheetError extends Error {
  /** Whether a value is an error with a sentence, of whatever copy of this library. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    const isOne = value instanceof Error && BRAND in value;
    return isOne && (this === OnesheetError || Function.prototype[Symbol.hasInstance].call(this, value));
  }
  /** What its text begins with when printed whole. */
  override name = "OnesheetError";
  /** 1: the work failed; 2: the command was used wrongly. */
  readonly exitCode: 1 | 2;
  /** An error with this sentence. */
  constructor(message: string, { cause, exitCode = 1 }: { cause?: unknown; exitCode?: 1 | 2 } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.exitCode = exitCode;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** What Deno says of a permission that a process does not have; an import says it too, as a `TypeError`. */
const DENIED = /^Requires (\w+) access(?: to "?(.*?)"?)?, run again with the (--[\w-]+) flag$/;

const verbs: Readonly<Record<string, string>> = {
  read: "read",
  write: "write",
  net: "connect to",
  env: "read the environment variable",
  run: "run",
  ffi: "open the native library",
  sys: "ask the system for",
};

/** The sentence for a permission that a process does not have, and the way to give it. */
export function notPermitted(kind: string, what: string): string {
  const doing = `${verbs[kind] ?? kind} "${what}"`;
  if (inSandbox()) {
    const wayOut = kind === "read" ? `; where that is meant, set ONESHEET_READ=${what}` : "";
    return `Cannot ${doing}: the sandbox may not${wayOut}`;
  }
  const flag = `--allow-${kind}=${what}`;
  const wayOut = kind === "read" || kind === "write"
    ? `set ONESHEET_${kind.toUpperCase()}=${what} for a task, or give ${flag} to deno run`
    : `give ${flag} to deno run`;
  return `Cannot ${doing}: this process may not; where that is meant, ${wayOut}`;
}

/** The sentence of anything thrown. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const [, kind, what] = DENIED.exec(thrown.message) ?? [];
  return kind === undefined ? thrown.message : notPermitted(kind, what ?? "");
}

/** What a terminal obeys or what turns the writing around: control characters, directions, halves of characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;

/** Text of unknown origin as a terminal may show it, line by line; `substitute` stands for a character that it may not. */
export const printable = (
  text: string,
  substitute: (character: string) => string = () => "\ufffd",
): string =>
  text.replaceAll(UNPRINTABLE, (character) => character === "\n" ? character : substitute(character));

/** A text out of a file as a part of a sentence: printable, and without ends of lines and tabs. */
export const oneLine = (text: string): string => printable(text.replaceAll(/[\t-\r\x85\u2028\u2029]+/g, " "));

/** Names that a sentence lists, and characters of each. */
const LISTED = { names: 20, characters: 60 };

/** Names out of a file as a part of a sentence: the first of them, none longer than a line. */
export function listed(names: readonly string[]): string {
  const short = names.slice(0, LISTED.names).map((name) =>
    oneLine(name.length > LISTED.characters ? `${name.slice(0, LISTED.characters)}…` : name)
  );
  const more = names.length - short.length;
  return short.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** Levenshtein distance: insertions, deletions and substitutions that turn `a` into `b`. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}

/** Letters of a name above which none is near: comparing takes the square of them. */
const LONGEST_NAME = 200;

/**
 * The name of `known` nearest to `name`; undefined when none is near: more than a third of its letters off, of a short
 * name more than two letters or half of them.
 */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  if (name.length > LONGEST_NAME) return undefined;
  let best: string | undefined;
  let least = Math.min(Math.floor(name.length / 2), Math.max(2, Math.floor(name.length / 3)));
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) > least) continue;
    const d = distance(name, candidate);
    if (d <= least) [best, least] = [candidate, d - 1];
    if (least < 0) break;
  }
  return best;
}

/** `; did you mean "x"?` when a known name is near, otherwise nothing. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const near = nearest(name, known);
  return near === undefined ? "" : `; did you mean "${near}"?`;
}
