/** Settings of the augmentations, checked: [low, high], or one number for a range about a centre. */
import { OnesheetError } from "../base/errors.ts";

/** Lowest and highest value of a uniform draw. */
export type Range = readonly [number, number];

/** Throws the error of a setting that cannot be used; the type system does not see what `--set` gives. */
export function demand(holds: boolean, setting: string, expected: string, found: unknown): void {
  if (holds) return;
  throw new OnesheetError(`Cannot use "${setting}": expected ${expected}, found ${JSON.stringify(found)}`, {
    exitCode: 2,
  });
}

/** Checks [low, high] above 0. */
export function positive(setting: string, value: Range): Range {
  const [low, high] = value;
  demand(value.length === 2 && low > 0 && low <= high, setting, "[low, high] above 0", value);
  return value;
}

/** [low, high] as given, or of a number n from n below to n above the centre; the low end is cut at `least`. */
export function around(
  setting: string,
  value: number | readonly number[],
  { center = 0, least = -Infinity, most = Infinity } = {},
): Range {
  const span = typeof value === "number" ? [Math.max(center - value, least), center + value] : value;
  const [low, high] = span;
  const within = most < Infinity
    ? ` within ${least} and ${most}`
    : least > -Infinity
    ? ` from ${least} on`
    : "";
  demand(
    span.length === 2 && low <= high && low >= least && high <= most,
    setting,
    `a number of at least 0 or [low, high]${within}`,
    value,
  );
  return [low, high];
}
