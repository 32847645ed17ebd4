/** Schedules and stopping rules followed over a series of scores; PyTorch's own series (tests/golden/metrics). */
import { fileURLToPath } from "node:url";
import type { Schedule, ScheduleState } from "../../src/train/schedule.ts";
import type { Stopping } from "../../src/train/stopping.ts";

/** For schedules that do not look at the step. */
const anywhere = { step: 0, steps: 1 };

/** The rate of every epoch, and of the one after the last. */
export function ratesOf(
  schedule: Schedule,
  scores: readonly number[],
  through = (state: ScheduleState) => state,
): number[] {
  let state = schedule.start();
  const found = scores.map((score, epoch) => {
    const rate = schedule.rate(epoch, state, anywhere);
    state = through(schedule.next(state, epoch, score));
    return rate;
  });
  return [...found, schedule.rate(scores.length, state, anywhere)];
}

/** Scores of which only the macro-F1 counts. */
export const only = (macroF1: number) => ({ macroF1, microF1: 0, weightedF1: 0, samplesF1: 0 });

/** Epochs from 1 that were a best, and the epochs waited after each, until the end; a number is a macro-F1. */
export function follow(
  stopping: Stopping,
  scores: readonly (number | ReturnType<typeof only>)[],
): { bests: number[]; waited: number[] } {
  const bests: number[] = [], waited: number[] = [];
  let state = stopping.start();
  for (const [epoch, score] of scores.entries()) {
    const verdict = stopping.next(state, typeof score === "number" ? only(score) : score);
    state = JSON.parse(JSON.stringify(verdict.state));
    if (verdict.improved) bests.push(epoch + 1);
    waited.push(state.waited);
    if (verdict.stop) break;
  }
  return { bests, waited };
}

/** A series of scores with the rates of PyTorch's ReduceLROnPlateau after each. */
export interface Plateau {
  readonly factor: number;
  readonly patience: number;
  readonly threshold: number;
  readonly scores: readonly number[];
  readonly rates: readonly number[];
}

/** The golden series. */
export const plateaus = (
  folder = fileURLToPath(new URL("../golden/metrics", import.meta.url)),
): Plateau[] => JSON.parse(Deno.readTextFileSync(`${folder}/plateau.json`));
