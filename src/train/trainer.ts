/** A recipe bound to an engine: weights in memory, steps compiled, batches in, losses and scores out. */
import { ahead } from "../base/ahead.ts";
import { OnesheetError } from "../base/errors.ts";
import { keyed } from "../base/random.ts";
import { float32, int32, type Value, type Values } from "../base/value.ts";
import type { Batch, Rows } from "../data/source.ts";
import type { Engine, Memory } from "../tensor.ts";
import { addBatch, noConfusion, type Scores, scoresOf } from "./metrics.ts";
import type { Recipe } from "./recipe.ts";
import { batches } from "./sampler.ts";
import { clearMoments, type Plan, plan } from "./start.ts";
import { evaluationStep, trainStep } from "./step.ts";

/** What an evaluation found. */
export interface Evaluation {
  /** The mean of the batches' losses, on labels as they are. */
  readonly loss: number;
  readonly scores: Scores;
  /** `[rows, labels]`, row-major, in the order of the rows. */
  readonly logits: Float32Array;
  /** 0 or 1, as the logits. */
  readonly truth: Float32Array;
}

/** A recipe bound to an engine. */
export interface Trainer extends Disposable {
  readonly plan: Plan;
  readonly memory: Memory;
  /** Trains on one batch and gives its loss before the step; steps count from 1. */
  step(batch: Batch, rate: number, step: number): Promise<number>;
  /** Evaluates rows in order; `onBatch` hears how many are done. */
  evaluate(rows: Rows, labels: readonly string[], onBatch?: (done: number) => void): Promise<Evaluation>;
}

/**
 * What float16 needs of a loss. Of the published recipe's gradients at its first step, 3.5 % are nonzero and below
 * float16's smallest number (6e-8), with this scale 0.003 %; the largest, 0.007, stays far below the largest number
 * (65504).
 */
const FLOAT16_LOSS_SCALE = 2 ** 13;

/** Batches made ready while one is being used. */
export const PREFETCH = 2;

const labelsOf = (batch: Batch, labels: number): Value =>
  float32([batch.labels.length / labels, labels], batch.labels);

/** Opens a memory for a recipe; its weights are still to be put. */
export function trainer(recipe: Recipe, engine: Engine): Trainer {
  const planned = plan(recipe);
  const memory = engine.memory();
  const optimizer = recipe.optimizer.made;
  const parts = {
    ...planned,
    loss: recipe.loss.made,
    labelSmoothing: recipe.labelSmoothing,
    optimizer,
    lossScale: engine.options.precision === "mixed" ? FLOAT16_LOSS_SCALE : 1,
  };
  const train = memory.compile(trainStep(parts));
  const evaluation = memory.compile(evaluationStep(parts));
  const inputsOf = (batch: Batch): Values => ({ ...batch.inputs, labels: labelsOf(batch, recipe.labels) });

  return {
    plan: planned,
    memory,
    step: async (batch, rate, step) => {
      const scalars = Object.entries(optimizer.scalars(rate, step)).map((
        [name, x],
      ) => [name, float32([], [x])]);
      const seed = int32([], [keyed(recipe.seed, "step", step)]);
      const { loss } = await train.run({ ...inputsOf(batch), ...Object.fromEntries(scalars), seed });
      return loss.data[0];
    },
    evaluate: async (rows, labels, onBatch) => {
      let confusion = noConfusion(labels.length);
      let losses = 0, count = 0, at = 0;
      const outputs = new Float32Array(rows.size * labels.length), truth = new Float32Array(outputs.length);
      const order = Int32Array.from({ length: rows.size }, (_, i) => i);
      const parts = batches(order, recipe.batchSize, { dropLast: false });
      for await (const batch of ahead(parts, PREFETCH, (positions) => rows.batch(positions))) {
        const { logits, loss } = await evaluation.run(inputsOf(batch));
        confusion = addBatch(confusion, logits.data as Float32Array, batch.labels, "logits");
        outputs.set(logits.data, at);
        truth.set(batch.labels, at);
        at += batch.labels.length;
        losses += loss.data[0];
        onBatch?.(++count);
      }
      return { loss: losses / count, scores: scoresOf(confusion, labels), logits: outputs, truth };
    },
    [Symbol.dispose]: () => memory[Symbol.dispose](),
  };
}

/** Makes room for the optimizer's moments; only training needs them. A model in which nothing learns is an error. */
export async function prepareTraining({ memory, plan }: Trainer, recipe: Recipe): Promise<void> {
  if (plan.trainable.size === 0) {
    throw new OnesheetError(
      `Cannot train "${recipe.name}": every parameter is frozen; let some learn by a \`train\` rule`,
    );
  }
  await clearMoments(memory, plan, recipe.optimizer.made);
}
