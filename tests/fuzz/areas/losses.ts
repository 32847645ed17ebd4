/** Losses: values and gradients, of logits of exactly 0 and of extreme ones too. */
import { float32 } from "../../../src/base/value.ts";
import { smooth } from "../../../src/ops/smooth.ts";
import {
  asymmetric,
  balancedCrossEntropy,
  binaryCrossEntropy,
  focal,
  type Loss,
} from "../../../src/train/loss.ts";
import type { Area, Generator, Question } from "../area.ts";
import type { Draw } from "../draw.ts";
import { passedThrough } from "../passed.ts";

/** Logits and labels; a share of the logits is exactly 0. */
const batch = (draw: Draw, labels: number) => {
  const shape = [draw.int(1, 8), labels], zeros = draw.pick(0, 0.4);
  const logits = draw.numbers(shape, draw.pick(0, 1e-3, 1, 5, 30, 100, 1e4));
  return {
    logits: float32(shape, logits.data.map((z) => draw.chance(zeros) ? 0 : z) as Float32Array),
    labels: draw.bits(shape, draw.pick(0, 0.3, 0.5, 1)),
  };
};

/** A loss's settings and how far labels are smoothed. */
const smoothed = (settings: (draw: Draw, labels: number) => Record<string, unknown>): Generator => (draw) => {
  const labels = draw.int(1, 9), smoothing = draw.pick(0, 0.05, 0.1, 0.5, draw.uniform(0, 0.99));
  return { settings: { ...settings(draw, labels), smoothing }, inputs: batch(draw, labels) };
};

const kinds: Readonly<Record<string, Generator>> = {
  focal: smoothed((draw) => ({
    alpha: draw.pick(0.25, 0, 1, 0.5, draw.uniform(0, 1)),
    gamma: draw.pick(0, 1, 2, 5, 0.5, 1.5, draw.uniform(0, 4)),
  })),
  binaryCrossEntropy: smoothed(() => ({})),
  positiveWeight: smoothed((draw, labels) => ({
    positiveWeight: Array.from({ length: labels }, () => Math.fround(Math.exp(draw.uniform(-4, 4)))),
  })),
  balancedCrossEntropy: smoothed((draw, labels) => {
    const rows = draw.int(1, 50);
    return { cap: draw.uniform(0.5, 30), rows, positives: draw.ints(labels, rows + 1) };
  }),
  // The paper's loss is of labels that are 0 or 1.
  asymmetric: (draw) => ({
    settings: {
      gammaPositive: draw.pick(0, 1, 0.5, draw.uniform(0, 3)),
      gammaNegative: draw.pick(0, 4, 2, 1.5, draw.uniform(0, 5)),
      margin: draw.pick(0, 0.05, 0.2),
    },
    inputs: batch(draw, draw.int(1, 9)),
  }),
};

const lossOf = ({ kind, settings }: Question): Loss => {
  // deno-lint-ignore no-explicit-any
  const { positives, rows, smoothing: _, ...own } = settings as any;
  switch (kind) {
    case "focal":
      return focal(own).made;
    case "balancedCrossEntropy":
      return balancedCrossEntropy(own).made.of!(positives, rows);
    case "asymmetric":
      return asymmetric(own).made;
    default:
      return binaryCrossEntropy(own).made;
  }
};

/** Losses. */
export const losses: Area = {
  name: "losses",
  against: "PyTorch in float64; the code of asymmetric loss's paper",
  packages: ["torch"],
  isComputed: true,
  limit: 1e-4,
  kinds,
  answer: (question, engine) => {
    const loss = lossOf(question), { smoothing = 0 } = question.settings as { smoothing?: number };
    const { labels, logits } = question.inputs;
    const targets = float32(labels.shape, Float32Array.from(labels.data));
    return passedThrough(
      engine!,
      ({ logits, labels }) => loss(logits, smoothing === 0 ? labels : smooth(labels, smoothing)),
      { logits, labels: targets },
      ["logits"],
    );
  },
};
