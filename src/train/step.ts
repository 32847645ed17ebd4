/** The steps of a run, as pure functions of state and inputs. */
import { OnesheetError } from "../base/errors.ts";
import { tf, valueAndGradients } from "../tensor.ts";
import type { Step, Tensor, Tensors } from "../tensor.ts";
import type { Model } from "../dsl/build.ts";
import { smooth } from "../ops/smooth.ts";
import type { Loss } from "./loss.ts";
import type { Recipe } from "./recipe.ts";
import type { Plan } from "./start.ts";
import { AVERAGE, momentName, SUM, updated, type UpdateParts } from "./update.ts";

/** What the steps are made from. */
export interface StepParts extends UpdateParts {
  readonly model: Model;
  /** Names of the parameters that learn. */
  readonly trainable: ReadonlySet<string>;
  readonly loss: Loss;
  readonly labelSmoothing: number;
  /** The gradients are taken of the loss times this, a power of two, and divided by it; 1 unless given. */
  readonly lossScale?: number;
}

/** Loss, gradients and next buffers of one batch in training mode. */
function differentiate(
  { model, trainable, loss, labelSmoothing, lossScale = 1 }: StepParts,
  state: Tensors,
  inputs: Tensors,
) {
  const wanted = Object.fromEntries([...trainable].map((name) => [name, state[name]]));
  const { value, gradients, aux } = valueAndGradients(() => {
    const { output, auxiliary, updates } = model.apply(state, inputs, { training: true, seed: inputs.seed });
    const targets = smooth(inputs.labels, labelSmoothing);
    const value = Object.entries(model.losses).reduce(
      (sum, [name, each]) => {
        const other = "logits" in each ? loss(auxiliary[name], targets) : tf.mean(auxiliary[name]);
        return tf.add(sum, tf.mul(other, each.weight));
      },
      loss(output, targets),
    );
    return { value: scaled(value, lossScale), aux: { ...updates, output } };
  }, wanted);
  const unscaled = Object.entries(gradients).map((
    [name, gradient],
  ) => [name, scaled(gradient, 1 / lossScale)]);
  return { value: scaled(value, 1 / lossScale), gradients: Object.fromEntries(unscaled) as Tensors, aux };
}

const scaled = (tensor: Tensor, by: number): Tensor => by === 1 ? tensor : tensor.mul(by);

/** The parts of a recipe's steps. */
export const partsOf = (
  { loss, labelSmoothing, optimizer, clipNorm, average }: Pick<
    Recipe,
    "loss" | "labelSmoothing" | "optimizer" | "clipNorm" | "average"
  >,
  plan: Plan,
): StepParts => ({
  ...plan,
  loss: loss.made,
  labelSmoothing,
  optimizer: optimizer.made,
  ...(clipNorm !== undefined && { clipNorm }),
  ...(average && { average }),
});

function demandLearning({ trainable }: StepParts): void {
  if (trainable.size > 0) return;
  throw new OnesheetError("Cannot train: every parameter is frozen; let some learn by a `train` rule");
}

/**
 * One step of training. Inputs: the model's, `labels` `[batch, labels]`, `seed` (int32 scalar) and the optimizer's
 * scalars. Output: `loss`, of the batch before the step.
 */
export const trainStep = (parts: StepParts): Step => (state, inputs) => {
  demandLearning(parts);
  const { value, gradients, aux: { output: _, ...buffers } } = differentiate(parts, state, inputs);
  return { state: { ...buffers, ...updated(parts, state, gradients, inputs) }, outputs: { loss: value } };
};

const sumName = (parameter: string): string => momentName(SUM, parameter);

/** Names of the parameters that learn and that a node computes with: no others have a gradient. */
function reached({ model, trainable }: StepParts): string[] {
  const used = new Set(model.nodes.flatMap(({ params }) => params.map(({ name }) => name)));
  return [...trainable].filter((name) => used.has(name));
}

/** Adds the gradients of one batch to their sums. Inputs and output as {@link trainStep}'s, without scalars. */
export const accumulationStep = (parts: StepParts): Step => (state, inputs) => {
  demandLearning(parts);
  const { value, gradients, aux: { output: _, ...buffers } } = differentiate(parts, state, inputs);
  const sums = Object.entries(gradients).map(([name, g]) => [sumName(name), state[sumName(name)].add(g)]);
  return { state: { ...buffers, ...Object.fromEntries(sums) }, outputs: { loss: value } };
};

/**
 * The step of sums over some batches: of their mean gradients, after which the sums are 0. Inputs: the optimizer's
 * scalars, and `batches`, a scalar.
 */
export const accumulatedStep = (parts: StepParts): Step => (state, inputs) => {
  const names = reached(parts);
  const means = Object.fromEntries(names.map((name) => [name, state[sumName(name)].div(inputs.batches)]));
  const zeros = names.map((name) => [sumName(name), tf.zerosLike(state[sumName(name)])]);
  return {
    state: { ...updated(parts, state, means as Tensors, inputs), ...Object.fromEntries(zeros) },
    outputs: {},
  };
};

/** Sets the running averages of parameters to what they are. */
export const averagesStep = (trainable: ReadonlySet<string>): Step => (state) => ({
  state: Object.fromEntries([...trainable].map((name) => [momentName(AVERAGE, name), state[name].clone()])),
  outputs: {},
});

/** The gradients of one batch, by parameter, with the `logits` and the `loss`; nothing changes. */
export const gradientStep = (parts: StepParts): Step => (state, inputs) => {
  const { value, gradients, aux } = differentiate(parts, state, inputs);
  return { outputs: { ...gradients, logits: aux.output, loss: value } };
};

/**
 * One batch of evaluation, with the running averages where there are any. Inputs: the model's and `labels`. Outputs:
 * `logits` and the batch's `loss`.
 */
export const evaluationStep =
  ({ model, loss, trainable, average }: Pick<StepParts, "model" | "loss" | "trainable" | "average">): Step =>
  (state, inputs) => {
    const averages = average
      ? Object.fromEntries([...trainable].map((name) => [name, state[momentName(AVERAGE, name)]]))
      : {};
    const { output } = model.apply({ ...state, ...averages }, inputs, { training: false });
    return { outputs: { logits: output, loss: loss(output, inputs.labels) } };
  };

/** Logits alone. Inputs: the model's. */
export const predictionStep = (model: Model): Step => (state, inputs) => ({
  outputs: { logits: model.apply(state, inputs, { training: false }).output },
});
