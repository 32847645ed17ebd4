/** What a command takes, declared once: `options.ts` parses by the declaration, its help is written from it. */

/** One `--name` of a command. */
export interface Option {
  /** A count is a whole number. */
  readonly kind: "string" | "number" | "count" | "boolean";
  /** What it does, for the help. */
  readonly help: string;
  /** What stands for the value in the help, such as `N` or `FILE`. */
  readonly placeholder?: string;
  /** The least value of a count. Default: 0. */
  readonly least?: number;
  /** The only values there are; for a string. */
  readonly oneOf?: readonly string[];
  /** May be given several times, its value is a list; not for a boolean. */
  readonly repeat?: boolean;
}

/** One argument without a name. */
export interface Positional {
  /** What it is, for the help. */
  readonly help: string;
  /** Has to be given. */
  readonly required: boolean;
  /** Takes all that are left, its value is a list; only the last. */
  readonly repeat?: boolean;
}

/** A command line, `deno task <name> <positionals> [options]`; declared `as const satisfies Command`. */
export interface Command {
  /** Of the task. */
  readonly name: string;
  /** What it does, in a sentence. */
  readonly summary: string;
  /** In the order they are given. */
  readonly positionals: Readonly<Record<string, Positional>>;
  /** By name, without the dashes. */
  readonly options: Readonly<Record<string, Option>>;
  /** Whole command lines. */
  readonly examples: readonly string[];
}

/** What stands for the value of an option; nothing for a boolean. */
export const placeholderOf = (option: Option): string =>
  option.kind === "boolean" ? "" : option.oneOf?.join("|") ?? option.placeholder ?? "VALUE";

/** How the command is called, in a line. */
export const usage = ({ name, positionals }: Command): string => {
  const words = Object.entries(positionals).map(([key, { required, repeat }]) => {
    const word = repeat ? `${key}…` : key;
    return required ? `<${word}>` : `[${word}]`;
  });
  return ["deno task", name, ...words, "[options]"].join(" ");
};

/** The text of `--help`. */
export function helpText(command: Command): string {
  const { summary, positionals, options, examples } = command;
  const section = (title: string, rows: readonly (readonly [string, string])[]): string => {
    const width = Math.max(...rows.map(([left]) => left.length));
    return [title, ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd())].join("\n");
  };
  const optionRows = Object.entries(options).map(([name, option]) =>
    [
      `--${name} ${placeholderOf(option)}`.trimEnd(),
      option.help + (option.repeat ? " (may be given several times)" : ""),
    ] as const
  );
  const positionalRows = Object.entries(positionals).map(([name, { help }]) => [name, help] as const);
  return [
    summary,
    `Usage\n  ${usage(command)}`,
    ...positionalRows.length > 0 ? [section("Arguments", positionalRows)] : [],
    section("Options", [...optionRows, ["--help", "this text"]]),
    ...examples.length > 0 ? [section("Examples", examples.map((line) => [line, ""]))] : [],
  ].join("\n\n");
}
