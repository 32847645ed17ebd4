/** What came of it: a table of kinds, and each failure as a test to paste. */
import { table } from "../../src/report/table.ts";
import { encode } from "./codec.ts";
import type { Failure, Tally } from "./run.ts";

/** A deviation as it is shown. */
export const figure = (off: number): string =>
  off === 0 ? "0" : Number.isFinite(off) ? off.toExponential(1) : "∞";

/** Tallies of several seeds as one of each kind and engine. */
export function summed(tallies: readonly Tally[]): Tally[] {
  const found = new Map<string, Tally>();
  for (const tally of tallies) {
    const key = `${tally.area} ${tally.kind} ${tally.engine}`, before = found.get(key);
    found.set(
      key,
      before === undefined ? tally : {
        ...before,
        cases: before.cases + tally.cases,
        worst: Math.max(before.worst, tally.worst),
        failures: [...before.failures, ...tally.failures],
      },
    );
  }
  return [...found.values()];
}

/** A row for each kind and engine. */
export const tallyTable = (tallies: readonly Tally[]): string =>
  table({
    head: ["area", "kind", "engine", "cases", "worst", "failed"],
    rows: tallies.map(({ area, kind, engine, cases, worst, failures }) => [
      ...[area, kind, engine, `${cases}`, figure(worst), failures.length === 0 ? "" : `${failures.length}`],
    ]),
  });

/** A failure as a test for `found_test.ts`. */
export function pasted({ area, engine, question, answer, deviation: { off, part } }: Failure): string {
  const what = off === Infinity && part.startsWith("is ")
    ? part
    : `${part || "the answer"} is off by ${figure(off)}`;
  const title = `${area} ${question.kind} on ${engine}: ${what}`.replaceAll("\n", " ");
  const [asked, right] = [question, answer].map((each) => JSON.stringify(encode(each)));
  return `found(\n  ${JSON.stringify(title)},\n  ${JSON.stringify(area)},\n  ${asked},\n  ${right},\n);`;
}

/** Of each kind's failures on an engine the one with the shortest question. */
export const shortest = (tallies: readonly Tally[]): Failure[] =>
  tallies.flatMap(({ failures }) => {
    const [first] = failures.map((failure) => ({ failure, length: encode(failure.question).length }))
      .sort((a, b) => a.length - b.length);
    return first ? [first.failure] : [];
  });
