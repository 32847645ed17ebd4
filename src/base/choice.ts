/**
 * A choice is a named thing with settings: data that can be printed, saved and overridden (`--set loss.alpha=0.5`),
 * and what it stands for. Losses, optimizers, schedules, augmentations and data sources are choices.
 */
import { didYouMean, OnesheetError } from "./errors.ts";

/** A named choice with its settings and what they make. */
export interface Choice<Made> {
  /** What it is called in a saved recipe. */
  readonly name: string;
  /** Its settings. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What the settings make: a function or an object of functions. */
  readonly made: Made;
  /** The same choice with some settings changed; an unknown name or another type of value is an error. */
  with(changes: Readonly<Record<string, unknown>>): Choice<Made>;
}

const kindOf = (value: unknown): string =>
  Array.isArray(value) ? "list" : value === null ? "null" : typeof value;

/**
 * Makes a choice.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { choice } from "./choice.ts";
 * const scale = choice("scale", { by: 2 }, ({ by }) => (x: number) => x * by);
 * assertEquals(scale.with({ by: 3 }).made(2), 6);
 * ```
 */
export function choice<Options extends object, Made>(
  name: string,
  options: Options,
  make: (options: Options) => Made,
): Choice<Made> {
  return {
    name,
    options: options as Readonly<Record<string, unknown>>,
    made: make(options),
    with: (changes) => {
      const known = options as Readonly<Record<string, unknown>>;
      for (const [key, value] of Object.entries(changes)) {
        if (!Object.hasOwn(known, key)) {
          const settings = Object.keys(known).join(", ") || "none";
          throw new OnesheetError(
            `Cannot set "${key}" of ${name}: its settings are ${settings}${
              didYouMean(key, Object.keys(known))
            }`,
            { exitCode: 2 },
          );
        }
        // A setting without a value says nothing about its type.
        const isOpen = known[key] === undefined || known[key] === null;
        if (!isOpen && kindOf(value) !== kindOf(known[key])) {
          throw new OnesheetError(
            `Cannot set "${key}" of ${name}: expected a ${kindOf(known[key])} such as ${
              JSON.stringify(known[key])
            }, found ${JSON.stringify(value)}`,
            { exitCode: 2 },
          );
        }
      }
      return choice(name, { ...options, ...changes }, make);
    },
  };
}
