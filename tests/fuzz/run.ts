/** Asks both sides random questions and counts where they differ. */
import { messageOf } from "../../src/base/errors.ts";
import type { Engine } from "../../src/tensor.ts";
import type { Answer, Area, Question } from "./area.ts";
import { type Deviation, deviation } from "./deviation.ts";
import { draw } from "./draw.ts";
import type { Reference } from "./reference.ts";

/** A question that we answer otherwise than the reference. */
export interface Failure {
  readonly area: string;
  readonly engine: string;
  readonly question: Question;
  readonly answer: Answer;
  readonly deviation: Deviation;
}

/** What came of the questions of one kind, on one engine. */
export interface Tally {
  readonly area: string;
  readonly kind: string;
  readonly engine: string;
  readonly cases: number;
  /** The largest deviation of those that hold. */
  readonly worst: number;
  readonly failures: readonly Failure[];
}

/** An area's questions of a seed, its kinds in turn. */
export function questionsOf({ name, kinds }: Area, seed: string, count: number): Question[] {
  const names = Object.keys(kinds);
  return Array.from({ length: count }, (_, i) => {
    const kind = names[i % names.length];
    return { kind, settings: {}, inputs: {}, ...kinds[kind](draw(seed, name, kind, i)) };
  });
}

/** How far our answer is from the reference's; what only one of both refuses is off without limit. */
export async function compared(
  area: Area,
  question: Question,
  { right, given, refused }: Answer,
  engine: Engine | undefined,
): Promise<Deviation> {
  try {
    const found = await area.answer(question, engine, given);
    if (refused === undefined) return deviation(found, right);
    return { off: Infinity, part: `is answered, but the reference refuses it: ${refused}` };
  } catch (error) {
    if (refused !== undefined) return { off: 0, part: "" };
    return { off: Infinity, part: `is refused: ${messageOf(error)}` };
  }
}

/** Asks an area's questions of the reference and of each engine; where it computes nothing, once. */
export async function fuzz(
  area: Area,
  questions: readonly Question[],
  reference: Reference,
  engines: readonly Engine[],
): Promise<Tally[]> {
  const places = area.isComputed ? engines : [undefined];
  const tallies = new Map<string, Tally>();
  for (const [index, question] of questions.entries()) {
    const answer = await reference.ask(area, question, index);
    for (const place of places) {
      const engine = place?.name ?? "-", key = `${question.kind} ${engine}`;
      const found = await compared(area, question, answer, place);
      const before = tallies.get(key) ??
        { area: area.name, kind: question.kind, engine, cases: 0, worst: 0, failures: [] };
      const holds = found.off <= area.limit;
      tallies.set(key, {
        ...before,
        cases: before.cases + 1,
        worst: holds ? Math.max(before.worst, found.off) : before.worst,
        failures: holds
          ? before.failures
          : [...before.failures, { area: area.name, engine, question, answer, deviation: found }],
      });
    }
  }
  return [...tallies.values()].sort((a, b) =>
    Object.keys(area.kinds).indexOf(a.kind) - Object.keys(area.kinds).indexOf(b.kind)
  );
}
