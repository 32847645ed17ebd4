/** Learning rates by step: a linear rise, then a way down to 0 at the run's last step. */
import { type Choice, choice } from "../base/choice.ts";
import { belowOne, demandRanges, positive } from "../base/range.ts";
import { SCHEDULE, type Schedule } from "./schedule.ts";

/** Settings of {@link linearDecay} and {@link cosineDecay}. */
export interface DecayOptions {
  /** The highest rate. */
  readonly rate: number;
  /** The share of all steps that the rise takes, in [0, 1); 0 unless given. */
  readonly warmup?: number;
}

/** `shape` goes from 1 to 0 as its argument goes from 0 to 1. */
const decay = (
  name: string,
  { rate, warmup = 0 }: DecayOptions,
  shape: (done: number) => number,
): Choice<Schedule> =>
  choice(name, { rate, warmup }, (settings) => {
    demandRanges(SCHEDULE, settings, { rate: positive, warmup: belowOne });
    return {
      start: () => ({}),
      rate: (_epoch, _state, { step, steps }) => {
        const rising = Math.floor(settings.warmup * steps);
        if (step < rising) return settings.rate * step / rising;
        return settings.rate * shape(Math.min(1, (step - rising) / Math.max(1, steps - rising)));
      },
      next: (state) => state,
    };
  });

/**
 * From 0 linearly to `rate` and linearly back, as transformers' `get_linear_schedule_with_warmup`: the first step of a
 * run with a rise has the rate 0.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { linearDecay } from "./decay.ts";
 *
 * const { rate } = linearDecay({ rate: 1, warmup: 0.2 }).made;
 * assertEquals([0, 1, 2, 6, 10].map((step) => rate(0, {}, { step, steps: 10 })), [0, 0.5, 1, 0.5, 0]);
 * ```
 */
export const linearDecay = (options: DecayOptions): Choice<Schedule> =>
  decay("linearDecay", options, (done) => 1 - done);

/** From 0 linearly to `rate` and down by half a cosine, as transformers' `get_cosine_schedule_with_warmup`. */
export const cosineDecay = (options: DecayOptions): Choice<Schedule> =>
  decay("cosineDecay", options, (done) => (1 + Math.cos(Math.PI * done)) / 2);
