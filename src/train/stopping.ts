/** When a run has the best weights so far, and when it ends. */
import { type Choice, choice } from "../base/choice.ts";
import { didYouMean, OnesheetError } from "../base/errors.ts";
import { demandRanges, nonNegative, whole } from "../base/range.ts";
import { type ScoreName, scoreNames } from "./metrics.ts";

/** What is remembered between epochs; plain JSON. */
export interface StoppingState {
  /** The best score so far; null before the first epoch. */
  readonly best: number | null;
  /** Epochs since then that did not improve on it enough. */
  readonly waited: number;
}

/** What follows from an epoch's scores. */
export interface Verdict {
  /** What to remember for the next epoch. */
  readonly state: StoppingState;
  /** These weights are the ones to keep. */
  readonly improved: boolean;
  /** The run ends after this epoch. */
  readonly stop: boolean;
}

/** Decides after every epoch. */
export interface Stopping {
  /** The score that is watched. */
  readonly on: ScoreName;
  /** The state before the first epoch. */
  start(): StoppingState;
  /** What an epoch's scores mean. */
  next(state: StoppingState, scores: Readonly<Record<ScoreName, number>>): Verdict;
}

function watching(on: string): ScoreName {
  const name = scoreNames.find((known) => known === on);
  if (name === undefined) {
    throw new OnesheetError(
      `Cannot watch "${on}": expected one of ${scoreNames.join(", ")}${didYouMean(on, scoreNames)}`,
      { exitCode: 2 },
    );
  }
  return name;
}

const start = (): StoppingState => ({ best: null, waited: 0 });

/** A rule: what counts as better than the best so far, and after how many epochs without it the run ends. */
const stopping = (
  on: string,
  better: (score: number, best: number) => boolean,
  patience: number,
): Stopping => {
  const name = watching(on);
  return {
    on: name,
    start,
    next: (state, scores) => {
      const score = scores[name];
      if (state.best === null || better(score, state.best)) {
        return { state: { best: score, waited: 0 }, improved: true, stop: false };
      }
      const waited = state.waited + 1;
      return { state: { best: state.best, waited }, improved: false, stop: waited >= patience };
    },
  };
};

/** Settings of {@link earlyStopping}. */
export interface EarlyStoppingOptions {
  /** The score that is watched. */
  readonly on: ScoreName;
  /** Epochs in a row without a better score, after which the run ends. */
  readonly patience: number;
  /** A score is better when it is above the best by more than this. */
  readonly minDelta: number;
  /** Whether a score that is above the best by exactly `minDelta` is better, too. Default: false. */
  readonly inclusive?: boolean;
}

/**
 * Ends a run after `patience` epochs in a row without a better score, as the callbacks of Lightning and Keras do: an equal
 * score is not better. The first epoch always is a best; a rise of `minDelta` or less neither moves the best nor keeps the
 * weights.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { earlyStopping } from "./stopping.ts";
 *
 * const { start, next } = earlyStopping({ on: "macroF1", patience: 5, minDelta: 1e-3 }).made;
 * const scores = { macroF1: 0.28, microF1: 0.46, weightedF1: 0.4, samplesF1: 0.4 };
 * assert(next(start(), scores).improved);
 * ```
 */
export const earlyStopping = (settings: EarlyStoppingOptions): Choice<Stopping> =>
  choice("earlyStopping", settings, ({ on, patience, minDelta, inclusive = false }) => {
    demandRanges("earlyStopping", { patience, minDelta }, { patience: whole(0), minDelta: nonNegative });
    const better = (score: number, best: number) =>
      inclusive ? score >= best + minDelta : score - minDelta > best;
    return stopping(on, better, patience);
  }, { inclusive: [true] });

/** Keeps the weights of the best score and never ends a run early. */
export const never = (settings: { readonly on: ScoreName }): Choice<Stopping> =>
  choice("never", settings, ({ on }) => stopping(on, (score, best) => score > best, Infinity));
