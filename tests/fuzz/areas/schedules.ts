/** Learning rates and early stopping, on scores that rise, fall, swing and stand still. */
import { cosineDecay, linearDecay } from "../../../src/train/decay.ts";
import { warmupThenPlateau } from "../../../src/train/schedule.ts";
import { earlyStopping } from "../../../src/train/stopping.ts";
import { follow, ratesOf } from "../../train/follow.ts";
import type { Area, Generator, Question } from "../area.ts";
import type { Draw } from "../draw.ts";

/** F1 scores of so many epochs. */
function scores(draw: Draw, count: number): number[] {
  const shape = draw.pick("walk", "any", "standing", "zero", "rising"), decimals = draw.pick(1, 2, 17);
  let last = 0.4;
  return Array.from({ length: count }, (_, i) => {
    if (shape === "walk") last += draw.uniform(-0.05, 0.05);
    if (shape === "any") last = draw.uniform(0, 1);
    if (shape === "zero") last = 0;
    if (shape === "rising") last = i / count + draw.uniform(-0.05, 0.05);
    const score = Math.min(1, Math.max(0, last));
    return Math.round(score * 10 ** decimals) / 10 ** decimals;
  });
}

const decay: Generator = (draw) => ({
  settings: {
    rate: 10 ** draw.uniform(-6, 0),
    warmup: draw.pick(0, 0.1, 0.06, draw.uniform(0, 0.99)),
    steps: draw.int(1, 60),
  },
});

const kinds: Readonly<Record<string, Generator>> = {
  warmupThenPlateau: (draw) => ({
    settings: {
      ...{ rate: 10 ** draw.uniform(-9, 0), from: draw.uniform(0.01, 1), epochs: draw.int(0, 5) },
      ...{ factor: draw.uniform(0.01, 0.99), patience: draw.int(0, 6) },
      threshold: draw.pick(0, 1e-4, 0.01, 0.2, draw.uniform(0, 0.1)),
      scores: scores(draw, 100),
    },
  }),
  linearDecay: decay,
  cosineDecay: decay,
  earlyStopping: (draw) => ({
    settings: {
      patience: draw.int(0, 6),
      minDelta: draw.pick(0, 1e-3, 0.05, 0.1, draw.uniform(0, 0.1)),
      scores: scores(draw, 60),
    },
  }),
};

function answer({ kind, settings }: Question): unknown {
  // deno-lint-ignore no-explicit-any
  const { scores, steps, ...s } = settings as any;
  if (kind === "warmupThenPlateau") return { rates: ratesOf(warmupThenPlateau(s).made, scores) };
  if (kind === "earlyStopping") {
    const { bests, waited } = follow(earlyStopping({ on: "macroF1", ...s }).made, scores);
    return { bests, epochs: waited.length };
  }
  const { rate } = { linearDecay, cosineDecay }[kind as "linearDecay"](s).made;
  return { rates: Array.from({ length: steps }, (_, step) => rate(0, {}, { step, steps })) };
}

/** Schedules and stopping rules. */
export const schedules: Area = {
  name: "schedules",
  against: "torch.optim.lr_scheduler, transformers, the rule of Lightning and Keras",
  packages: ["torch", "transformers"],
  isComputed: false,
  limit: 1e-12,
  kinds,
  answer,
};
