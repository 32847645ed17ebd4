import { type Range, rangeFault } from "../src/base/range.ts";
import type { Scope } from "../src/dsl/node.ts";

/** A dropout rate; one outside [0, 1) is an error. */
export const checkedRate = (rate: number, at: Scope): number =>
  rate >= 0 && rate < 1 ? rate : at.fail(`expected a dropout rate in [0, 1), found ${rate}`);

/** Fails where a number among a layer's settings is out of its range. */
export function checkNumbers(at: Scope, settings: object, ranges: Readonly<Record<string, Range>>): void {
  const fault = rangeFault(settings, ranges);
  if (fault !== undefined) at.fail(fault);
}
