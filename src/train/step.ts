/** The steps of a run, as pure functions of state and inputs. */
import { OnesheetError } from "../base/errors.ts";
import { valueAndGradients } from "../tensor.ts";
import type { Step, Tensor, Tensors } from "../tensor.ts";
import type { Model } from "../dsl/build.ts";
import { smooth } from "../ops/smooth.ts";
import type { Loss } from "./loss.ts";
import type { Optimizer } from "./optimizer.ts";

/** What the steps are made from. */
export interface StepParts {
  readonly model: Model;
  /** Names of the parameters that learn. */
  readonly trainable: ReadonlySet<string>;
  readonly loss: Loss;
  readonly labelSmoothing: number;
  readonly optimizer: Optimizer;
  /** The gradients are taken of the loss times this, a power of two, and divided by it; 1 unless given. */
  readonly lossScale?: number;
}

/** The name of a moment of a parameter in the memory. */
export const momentName = (moment: string, parameter: string): string => `${moment}/${parameter}`;

/** Loss, gradients and next buffers of one batch in training mode. */
function differentiate(
  { model, trainable, loss, labelSmoothing, lossScale = 1 }: StepParts,
  state: Tensors,
  inputs: Tensors,
) {
  const wanted = Object.fromEntries([...trainable].map((name) => [name, state[name]]));
  const { value, gradients, aux } = valueAndGradients(() => {
    const { output, updates } = model.apply(state, inputs, { training: true, seed: inputs.seed });
    const value = loss(output, smooth(inputs.labels, labelSmoothing));
    return { value: scaled(value, lossScale), aux: { ...updates, output } };
  }, wanted);
  const unscaled = Object.entries(gradients).map((
    [name, gradient],
  ) => [name, scaled(gradient, 1 / lossScale)]);
  return { value: scaled(value, 1 / lossScale), gradients: Object.fromEntries(unscaled) as Tensors, aux };
}

const scaled = (tensor: Tensor, by: number): Tensor => by === 1 ? tensor : tensor.mul(by);

/**
 * One step of training. Inputs: the model's, `labels` `[batch, labels]`, `seed` (int32 scalar) and the optimizer's
 * scalars. Output: `loss`, of the batch before the step.
 */
export const trainStep = (parts: StepParts): Step => (state, inputs) => {
  if (parts.trainable.size === 0) {
    throw new OnesheetError("Cannot train: every parameter is frozen; let some learn by a `train` rule");
  }
  const { value, gradients, aux: { output: _, ...buffers } } = differentiate(parts, state, inputs);
  const { moments, update } = parts.optimizer;
  const next = Object.entries(gradients).flatMap(([name, gradient]) => {
    const names = moments.map((moment) => momentName(moment, name));
    const updated = update(state[name], names.map((n) => state[n]), gradient, inputs);
    return [name, ...names].map((n, i) => [n, updated[i]] as const);
  });
  return { state: { ...buffers, ...Object.fromEntries(next) }, outputs: { loss: value } };
};

/** The gradients of one batch, by parameter, with the `logits` and the `loss`; nothing changes. */
export const gradientStep = (parts: StepParts): Step => (state, inputs) => {
  const { value, gradients, aux } = differentiate(parts, state, inputs);
  return { outputs: { ...gradients, logits: aux.output, loss: value } };
};

/** One batch of evaluation. Inputs: the model's and `labels`. Outputs: `logits` and the batch's `loss`. */
export const evaluationStep =
  ({ model, loss }: Pick<StepParts, "model" | "loss">): Step => (state, inputs) => {
    const { output } = model.apply(state, inputs, { training: false });
    return { outputs: { logits: output, loss: loss(output, inputs.labels) } };
  };

/** Logits alone. Inputs: the model's. */
export const predictionStep = (model: Model): Step => (state, inputs) => ({
  outputs: { logits: model.apply(state, inputs, { training: false }).output },
});
