/** Settings that are numbers: which ones a setting takes, and the words for the others. */
import { OnesheetError } from "./errors.ts";

/** The numbers that a setting takes; none takes NaN or an infinite one. */
export interface Range {
  /** Whether a finite number is one of them. */
  readonly holds: (value: number) => boolean;
  /** What is expected, behind the setting's name: "above 0". */
  readonly words: string;
  /** Whether it may be left out. Default: false. */
  readonly isOptional?: boolean;
}

/** Any finite number. */
export const finite: Range = { holds: () => true, words: "to be a number" };
/** Above 0. */
export const positive: Range = { holds: (x) => x > 0, words: "above 0" };
/** At least 0. */
export const nonNegative: Range = { holds: (x) => x >= 0, words: "of at least 0" };
/** A share: from 0 to 1, both included. */
export const unit: Range = { holds: (x) => x >= 0 && x <= 1, words: "in [0, 1]" };
/** From 0, included, to 1. */
export const belowOne: Range = { holds: (x) => x >= 0 && x < 1, words: "in [0, 1)" };
/** From 0 to 1, included. */
export const upToOne: Range = { holds: (x) => x > 0 && x <= 1, words: "in (0, 1]" };
/** Between 0 and 1, neither included. */
export const betweenZeroAndOne: Range = { holds: (x) => x > 0 && x < 1, words: "between 0 and 1" };
/** Whole numbers from `least` on. */
export const whole = (least: number): Range => ({
  holds: (x) => Number.isSafeInteger(x) && x >= least,
  words: `to be a whole number of at least ${least}`,
});

/** A range of a setting that may be left out. */
export const optional = (range: Range): Range => ({ ...range, isOptional: true });

/**
 * What is wrong with the first setting that is out of its range; undefined where none is.
 *
 * @param behind what follows a setting's name: ` of the stage "head"`
 */
export function rangeFault(
  settings: object,
  ranges: Readonly<Record<string, Range>>,
  behind = "",
): string | undefined {
  const given = settings as Readonly<Record<string, unknown>>;
  for (const [name, { holds, words, isOptional = false }] of Object.entries(ranges)) {
    const value = given[name];
    if (value === undefined && isOptional || Number.isFinite(value) && holds(value as number)) continue;
    const isInfinite = value === Infinity || value === -Infinity;
    return `expected ${name}${behind} ${isInfinite ? "to be finite" : words}, found ${value}`;
  }
}

/** Throws where a setting is out of its range; `what` it is a setting of, such as "the loss focal". */
export function demandRanges(
  what: string,
  settings: object,
  ranges: Readonly<Record<string, Range>>,
): void {
  const fault = rangeFault(settings, ranges);
  if (fault !== undefined) throw new OnesheetError(`Cannot use ${what}: ${fault}`, { exitCode: 2 });
}
