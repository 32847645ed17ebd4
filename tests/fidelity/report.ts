/** All checks by area, and what they come to. */
import { OnesheetError } from "../../src/base/errors.ts";
import { checkpoints } from "./checkpoints.ts";
import { chance } from "./chance.ts";
import type { Check, Context, Measure } from "./check.ts";
import { data } from "./data.ts";
import { decisions } from "./decisions.ts";
import { differences } from "./differences.ts";
import { model } from "./model.ts";
import { pixels } from "./pixels.ts";
import { step } from "./step.ts";
import { text } from "./text.ts";

/** The areas, as the files of this folder are called. */
export const areas: Readonly<Record<string, readonly Measure[]>> = {
  data,
  text,
  pixels,
  model,
  chance,
  step,
  decisions,
  checkpoints,
  differences,
};

/** What the checks of an area found. */
export interface Section {
  readonly area: string;
  readonly checks: readonly Check[];
}

/** Runs an area's checks, or all; `tell` hears which area is under way. */
export async function measure(
  context: Context,
  only?: string,
  tell: (area: string) => void = () => {},
): Promise<Section[]> {
  if (only !== undefined && !Object.hasOwn(areas, only)) {
    throw new OnesheetError(`Cannot check "${only}": expected one of ${Object.keys(areas).join(", ")}`, {
      exitCode: 2,
    });
  }
  const sections: Section[] = [];
  for (const [area, measures] of Object.entries(areas)) {
    if (only !== undefined && area !== only) continue;
    tell(area);
    const checks: Check[] = [];
    for (const each of measures) checks.push(...await each(context));
    sections.push({ area, checks });
  }
  return sections;
}

/** A figure as it is shown: counts whole, small numbers with an exponent. */
export const figure = (x: number): string =>
  Number.isInteger(x) ? x.toLocaleString("en") : x < 0.01 ? x.toExponential(1) : x.toPrecision(2);

/** What was found. */
export const found = ({ difference }: Check): string =>
  difference === undefined ? "not run" : figure(difference);
