/** Systems to be compared on one data set: their recipes beside the scores that were published. */
import { OnesheetError } from "../base/errors.ts";
import type { Recipe } from "./recipe.ts";

/** Scores from a paper or a page, on rows of its own. */
export interface Reported {
  /** F1 over all decisions. */
  readonly microF1: number;
  /** The mean of the labels' F1. */
  readonly macroF1: number;
  /** The mean of the labels' F1 by their support, where it was reported. */
  readonly weightedF1?: number;
}

/** One row of a comparison. */
export interface System {
  /** What it is called in the table and by `--systems`: letters, digits, dashes. */
  readonly name: string;
  /** What is trained. */
  readonly recipe: Recipe;
  /** What its paper says. */
  readonly reported?: Reported;
}

/** Systems in the order of the table. */
export interface Comparison {
  /** In the order of the table. */
  readonly systems: readonly System[];
}

/**
 * Checks the names of systems: they are names of folders, each its own.
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { comparison } from "../../mod.ts";
 * import quickstart from "../../recipes/quickstart.ts";
 *
 * assertThrows(() => comparison([{ name: "a/b", recipe: quickstart }]), Error, 'Cannot compare "a/b"');
 * ```
 */
export function comparison(systems: readonly System[]): Comparison {
  const names = systems.map(({ name }) => name);
  for (const [i, name] of names.entries()) {
    const expected = !/^[a-z\d-]+$/i.test(name)
      ? "a name of letters, digits and dashes"
      : names.indexOf(name) < i
      ? "each system's name once"
      : undefined;
    if (expected !== undefined) {
      throw new OnesheetError(`Cannot compare "${name}": expected ${expected}`, { exitCode: 2 });
    }
  }
  return { systems };
}
