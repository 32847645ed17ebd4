/** The same step: loss, gradients, optimizer, and what moves although a batch says nothing of it. */
import { adamwDifference } from "../train/adamw_golden.ts";
import type { Check, Context, Measure } from "./check.ts";
import { moves } from "./moves.ts";
import { parityChecks } from "./twin.ts";

const compared: Measure = (context) =>
  parityChecks(context, {
    losses: {
      detail: "focal loss on smoothed labels, in training mode, before each step",
      unit: "absolute",
    },
    "gradient norms (relative)": {
      detail:
        "gradients of what learns: layer4, embeddings, the last two BERT layers, pooler, all new layers",
      unit: "of each norm",
    },
    "weights and buffers after the steps (relative)": {
      detail:
        "AdamW on every trainable parameter in one group, frozen ones still, every BatchNorm's statistics",
      unit: "of the way the steps went",
    },
    "weights whose gradient is zero": {
      detail:
        "parameters without influence (query and key biases, all of attention's at length 1) stay within Adam's reach",
      unit: "absolute",
    },
  });

const optimizer = async ({ goldens, engine }: Context): Promise<Check[]> => [{
  detail: "AdamW with decoupled decay over steps of other rates, a gradient of zero, and tiny ones",
  against: "torch 2.13.0",
  difference: await adamwDifference(await engine(), `${goldens}/layers/adamw.safetensors`),
  limit: 2e-6,
  unit: "of each number",
}];

/** Details of the step. */
export const step: readonly Measure[] = [compared, optimizer, moves];
