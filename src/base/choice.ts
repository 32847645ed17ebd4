/**
 * A choice is a named thing with settings: data that can be printed, saved and overridden (`--set loss.alpha=0.5`),
 * and what it stands for. Losses, optimizers, schedules, augmentations and data sources are choices.
 */
import { didYouMean, OnesheetError } from "./errors.ts";

/** Values by the name of a setting, one of each type that it may have. */
export type SettingExamples = Readonly<Record<string, readonly unknown[]>>;

/** A named choice with its settings and what they make. */
export interface Choice<Made> {
  /** What it is called in a saved recipe. */
  readonly name: string;
  /** Its settings. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Of settings that may be left out, or that have several types. */
  readonly examples: Readonly<Record<string, readonly unknown[]>>;
  /** What the settings make: a function or an object of functions. */
  readonly made: Made;
  /** The same choice with some settings changed; an unknown name or another type of value is an error. */
  with(changes: Readonly<Record<string, unknown>>): Choice<Made>;
}

/** The type of a value, as messages call it. */
export const kindOf = (value: unknown): string =>
  Array.isArray(value) ? "list" : value === null ? "null" : typeof value;

/** What `value` is expected to be where it is of no type of the examples; undefined where it is, or where there are none. */
export function kindExpected(value: unknown, examples: readonly unknown[]): string | undefined {
  const known = examples.filter((example) => example !== undefined && example !== null);
  const kinds = known.map(kindOf);
  if (known.length === 0 || kinds.includes(kindOf(value))) return undefined;
  return known.filter((_, i) => kinds.indexOf(kinds[i]) === i)
    .map((example) =>
      `${kindOf(example) === "object" ? "an" : "a"} ${kindOf(example)} such as ${JSON.stringify(example)}`
    ).join(" or ");
}

/**
 * Makes a choice.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { choice } from "./choice.ts";
 * const scale = choice("scale", { by: 2 }, ({ by }) => (x: number) => x * by);
 * assertEquals(scale.with({ by: 3 }).made(2), 6);
 * ```
 *
 * @param examples of settings that may be left out or that have several types: a value of each type
 */
export function choice<Options extends object, Made>(
  name: string,
  options: Options,
  make: (options: Options) => Made,
  examples: { readonly [Name in keyof Options]?: readonly Options[Name][] } = {},
): Choice<Made> {
  const known = options as Readonly<Record<string, unknown>>, others = examples as SettingExamples;
  return {
    name,
    options: known,
    examples: others,
    made: make(options),
    with: (changes) => {
      const names = [...new Set([...Object.keys(known), ...Object.keys(others)])];
      for (const [key, value] of Object.entries(changes)) {
        if (!names.includes(key)) {
          throw new OnesheetError(
            `Cannot set "${key}" of ${name}: its settings are ${names.join(", ") || "none"}${
              didYouMean(key, names)
            }`,
            { exitCode: 2 },
          );
        }
        // Any setting may be left without a value.
        const expected = value === undefined
          ? undefined
          : kindExpected(value, [known[key], ...others[key] ?? []]);
        if (expected !== undefined) {
          throw new OnesheetError(
            `Cannot set "${key}" of ${name}: expected ${expected}, found ${JSON.stringify(value)}`,
            { exitCode: 2 },
          );
        }
      }
      return choice(name, { ...options, ...changes }, make, examples);
    },
  };
}
