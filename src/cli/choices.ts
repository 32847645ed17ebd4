/** The choices of this library that `--set` may put in the place of a recipe's, with what they have unless told. */
import type { Choice } from "../base/choice.ts";
import {
  colorJitter,
  randomAffine,
  randomHorizontalFlip,
  randomResizedCrop,
  randomRotation,
} from "../data/augment.ts";
import { cosineDecay, linearDecay } from "../train/decay.ts";
import { asymmetric, balancedCrossEntropy, binaryCrossEntropy, focal } from "../train/loss.ts";
import { adam, adamw } from "../train/optimizer.ts";
import { constant, warmupThenPlateau } from "../train/schedule.ts";
import { earlyStopping, never } from "../train/stopping.ts";

/** Choices by the field of a recipe, or of its data, that takes them. */
export const choices: Readonly<Record<string, readonly Choice<unknown>[]>> = {
  loss: [
    focal({ alpha: 0.25, gamma: 2 }),
    binaryCrossEntropy(),
    balancedCrossEntropy({ cap: 50 }),
    asymmetric(),
  ],
  optimizer: [adamw(), adam()],
  learningRate: [
    constant({ rate: 1e-4 }),
    warmupThenPlateau({ rate: 1e-4, from: 0.01, epochs: 3, factor: 0.2, patience: 2 }),
    linearDecay({ rate: 1e-4, warmup: 0.1 }),
    cosineDecay({ rate: 1e-4, warmup: 0.1 }),
  ],
  stop: [earlyStopping({ on: "macroF1", patience: 5, minDelta: 1e-3 }), never({ on: "macroF1" })],
  augment: [
    randomResizedCrop({ size: 224 }),
    randomHorizontalFlip(),
    colorJitter(),
    randomRotation({ degrees: 10 }),
    randomAffine({ degrees: 0 }),
  ],
};
