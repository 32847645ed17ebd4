/**
 * Learning rates by epoch. A schedule is three pure functions over a small state, so that a run can be stopped,
 * saved and gone on with exactly. Epochs count from 0.
 */
import { type Choice, choice } from "../base/choice.ts";
import { betweenZeroAndOne, demandRanges, nonNegative, positive, upToOne, whole } from "../base/range.ts";

/** What a schedule remembers between epochs; plain JSON. */
export type ScheduleState = Readonly<Record<string, number>>;

/** Where in a run a step is. */
export interface StepPlace {
  /** Steps done before it. */
  readonly step: number;
  /** Steps of the whole run, as long as nothing ends it early. */
  readonly steps: number;
}

/** Learning rates. */
export interface Schedule {
  /** The state before epoch 0. */
  start(): ScheduleState;
  /** The learning rate of a step. */
  rate(epoch: number, state: ScheduleState, place: StepPlace): number;
  /** The state after an epoch that reached `score` (higher is better). */
  next(state: ScheduleState, epoch: number, score: number): ScheduleState;
}

/** Changes of the rate smaller than this are not made; the default `eps` of PyTorch's ReduceLROnPlateau. */
const leastChange = 1e-8;

/** What settings of schedules are settings of, in a sentence that refuses one. */
export const SCHEDULE = "a learning rate schedule";

/** The same rate in every epoch. */
export const constant = (settings: { readonly rate: number }): Choice<Schedule> =>
  choice("constant", settings, ({ rate }) => {
    demandRanges(SCHEDULE, { rate }, { rate: positive });
    return { start: () => ({}), rate: () => rate, next: (state) => state };
  });

/** The numbers that {@link warmupThenPlateau} takes, as PyTorch's LinearLR and ReduceLROnPlateau. */
const ranges = {
  rate: positive,
  from: upToOne,
  epochs: whole(0),
  factor: betweenZeroAndOne,
  patience: whole(0),
  threshold: nonNegative,
};

/**
 * A linear rise over the first `epochs` epochs from `from * rate` towards `rate`, then `rate` times `factor` whenever
 * the score has not risen by more than the share `threshold` for more than `patience` epochs. The second part is
 * `torch.optim.lr_scheduler.ReduceLROnPlateau(mode="max", threshold_mode="rel")`, stepped after every epoch that
 * is not part of the rise.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { warmupThenPlateau } from "./schedule.ts";
 *
 * const schedule = warmupThenPlateau({ rate: 1e-4, from: 0.01, epochs: 3, factor: 0.2, patience: 2 }).made;
 * const state = schedule.next(schedule.start(), 0, 0.28);
 * assertEquals(schedule.rate(1, state, { step: 826, steps: 16520 }).toExponential(2), "3.40e-5");
 * ```
 */
export const warmupThenPlateau = (
  settings: {
    readonly rate: number;
    readonly from: number;
    readonly epochs: number;
    readonly factor: number;
    readonly patience: number;
    readonly threshold?: number;
  },
): Choice<Schedule> =>
  choice(
    "warmupThenPlateau",
    { threshold: 1e-4, ...settings },
    (settings) => {
      demandRanges(SCHEDULE, settings, ranges);
      const { rate, from, epochs, factor, patience, threshold } = settings;
      return {
        start: () => ({ rate, bad: 0 }),
        rate: (epoch, state) => epoch < epochs ? rate * (from + (1 - from) * epoch / epochs) : state.rate,
        next: (state, epoch, score) => {
          if (epoch < epochs) return state;
          // No best is stored before the first step: JSON has no -Infinity.
          if (state.best === undefined || score > state.best * (1 + threshold)) {
            return { ...state, best: score, bad: 0 };
          }
          if (state.bad < patience) return { ...state, bad: state.bad + 1 };
          const lower = state.rate * factor;
          return { ...state, rate: state.rate - lower > leastChange ? lower : state.rate, bad: 0 };
        },
      };
    },
  );
