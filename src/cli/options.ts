/** Arguments of a command, checked and typed by its declaration. */
import { parseArgs } from "@std/cli";
import { didYouMean, OnesheetError } from "../base/errors.ts";
import { type Command, type Option, placeholderOf, type Positional, usage } from "./command.ts";

/** The type of one value of an option. */
export type SingleOf<O extends Option> = O extends { readonly kind: "number" | "count" } ? number
  : O extends { readonly oneOf: readonly (infer Word)[] } ? Word
  : string;

/** The type of an option; one that was not given is false, an empty list or undefined. */
export type ValueOf<O extends Option> = O extends { readonly kind: "boolean" } ? boolean
  : O extends { readonly repeat: true } ? readonly SingleOf<O>[]
  : SingleOf<O> | undefined;

/** The type of an argument without a name. */
export type ArgumentOf<P extends Positional> = P extends { readonly repeat: true } ? readonly string[]
  : P extends { readonly required: true } ? string
  : string | undefined;

/** What was given to a command. */
export interface Parsed<C extends Command> {
  /** By name. */
  readonly positionals: { readonly [Name in keyof C["positionals"]]: ArgumentOf<C["positionals"][Name]> };
  /** By name, without the dashes. */
  readonly options: { readonly [Name in keyof C["options"]]: ValueOf<C["options"][Name]> };
}

const expected = {
  string: "a value",
  number: "a number",
  boolean: "no value",
};

const fail = (sentence: string): never => {
  throw new OnesheetError(sentence, { exitCode: 2 });
};

/** The value that `text` stands for; undefined when it is not of the option's kind. */
function read({ kind, oneOf, least = 0 }: Option, text: string): string | number | undefined {
  if (kind === "string") return oneOf === undefined || oneOf.includes(text) ? text : undefined;
  const number = text.trim() === "" ? NaN : Number(text);
  const fits = kind === "count" ? Number.isSafeInteger(number) && number >= least : Number.isFinite(number);
  return fits ? number : undefined;
}

function readOrFail(name: string, option: Option, text: string): string | number {
  const value = text === "" ? undefined : read(option, text);
  if (value !== undefined) return value;
  const { oneOf, kind, least = 0 } = option;
  const wanted = oneOf
    ? `one of ${oneOf.join(", ")}`
    : kind === "count"
    ? `a whole number, ${least} or more`
    : expected[kind];
  const wayOut = (text && didYouMean(text, option.oneOf ?? [])) ||
    `; write --${name}=${placeholderOf(option)}`;
  return fail(`Cannot use "--${name}": expected ${wanted}, found ${text ? `"${text}"` : "none"}${wayOut}`);
}

/** A boolean takes no value, except that `--plan=false` unsays it; `parseArgs` would take any other for true. */
function checkBooleans(command: Command, args: readonly string[]): void {
  for (const arg of args) {
    const [, name, value] = arg.match(/^--([^=]+)=(.*)$/s) ?? [];
    const known = name !== undefined && Object.hasOwn(command.options, name);
    if (known && command.options[name].kind === "boolean" && value !== "true" && value !== "false") {
      fail(`Cannot use "--${name}": expected no value, found "${value}"; write --${name}`);
    }
  }
}

/** `--in -` as `--in=-`: to `parseArgs` a dash is never a value. */
const withDash = ({ options }: Command, args: readonly string[]): string[] =>
  args.flatMap((arg, i) => {
    const before = args[i - 1]?.slice(2) ?? "";
    const isValue = (name: string) => Object.hasOwn(options, name) && options[name].kind === "string";
    if (arg === "-" && args[i - 1]?.startsWith("--") && isValue(before)) return [];
    const takesDash = arg.startsWith("--") && isValue(arg.slice(2)) && args[i + 1] === "-";
    return [takesDash ? `${arg}=-` : arg];
  });

function readPositionals(
  command: Command,
  given: readonly string[],
): Record<string, string | readonly string[] | undefined> {
  const declared = Object.entries(command.positionals);
  const missing = declared.find(([_, { required }], i) => required && given[i] === undefined);
  if (missing) {
    fail(`Cannot run ${command.name}: expected <${missing[0]}>, found none; usage: ${usage(command)}`);
  }
  if (given.length > declared.length && !declared.at(-1)?.[1].repeat) {
    fail(`Cannot run ${command.name}: found "${given[declared.length]}" too many; usage: ${usage(command)}`);
  }
  return Object.fromEntries(
    declared.map(([name, { repeat }], i) => [name, repeat ? given.slice(i) : given[i]]),
  );
}

/**
 * What the arguments say, or `"help"` when they ask for it. Anything that does not fit the declaration is an
 * error with exit code 2.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import type { Command } from "./command.ts";
 * import { parseCommand } from "./options.ts";
 *
 * const train = {
 *   name: "train",
 *   summary: "Trains a recipe.",
 *   positionals: { recipe: { help: "a recipe file", required: true } },
 *   options: { epochs: { kind: "count", help: "how many epochs", placeholder: "N" } },
 *   examples: ["deno task train recipes/mmimdb.ts --epochs 1"],
 * } as const satisfies Command;
 *
 * const parsed = parseCommand(train, ["recipes/mmimdb.ts", "--epochs", "1"]);
 * assertEquals(parsed, { positionals: { recipe: "recipes/mmimdb.ts" }, options: { epochs: 1 } });
 * ```
 */
export function parseCommand<C extends Command>(command: C, args: readonly string[]): Parsed<C> | "help" {
  const named = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  if (named.some((arg) => arg === "--help" || arg === "-h")) return "help";
  const options = Object.entries<Option>(command.options);
  const names = (which: (option: Option) => boolean | undefined) =>
    options.filter(([_, option]) => which(option)).map(([name]) => name);
  const unknown: string[] = [];
  const given = parseArgs(withDash(command, args), {
    // "_" keeps positionals that look like numbers as they are.
    string: ["_", ...names(({ kind }) => kind !== "boolean")],
    boolean: names(({ kind }) => kind === "boolean"),
    collect: names(({ repeat }) => repeat),
    unknown: (arg, key) => {
      if (key === undefined) return true;
      unknown.push(arg.split("=")[0]);
      return false;
    },
  });
  checkBooleans(command, named);
  // Values first: in `--rate -1` the value is missing, and "-1" is unknown only because of that.
  const values = options.map(([name, option]) => {
    const value = given[name];
    const read = (text: unknown) => readOrFail(name, option, String(text));
    return [name, typeof value === "string" ? read(value) : Array.isArray(value) ? value.map(read) : value];
  });
  if (unknown.length > 0) {
    const near = didYouMean(unknown[0], options.map(([name]) => `--${name}`));
    fail(`Cannot use "${unknown[0]}": no such option${near || `; see deno task ${command.name} --help`}`);
  }
  const positionals = readPositionals(command, given._ as string[]);
  return { positionals, options: Object.fromEntries(values) } as Parsed<C>;
}
