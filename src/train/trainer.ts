/** A recipe bound to an engine: weights in memory, steps compiled, batches in, losses and scores out. */
import { ahead } from "../base/ahead.ts";
import { OnesheetError } from "../base/errors.ts";
import { keyed } from "../base/random.ts";
import { float32, int32, type Value, type Values } from "../base/value.ts";
import type { Batch, Rows } from "../data/source.ts";
import type { Engine, Memory, Program } from "../tensor.ts";
import { addBatch, noConfusion, type Scores, scoresOf } from "./metrics.ts";
import { numLabelsOf } from "./labels.ts";
import { lookupGuard } from "./lookups.ts";
import type { Recipe } from "./recipe.ts";
import { batches } from "./sampler.ts";
import { clearMoments, type Plan, plan } from "./start.ts";
import {
  accumulatedStep,
  accumulationStep,
  averagesStep,
  evaluationStep,
  partsOf,
  type StepParts,
  trainStep,
} from "./step.ts";
import { AVERAGE, rememberedBy, scalarName, SUM } from "./update.ts";

/** What an evaluation found. */
export interface Evaluation {
  /** On labels as they are; the mean of the rows, or as the recipe's `validationLoss` has it. */
  readonly loss: number;
  readonly scores: Scores;
  /** `[rows, labels]`, row-major, in the order of the rows. */
  readonly logits: Float32Array;
  /** 0 or 1, as the logits. */
  readonly truth: Float32Array;
}

/** Where in a run a step is, for what begins to learn later. */
export interface Place {
  /** From 0. */
  readonly epoch: number;
  /** Steps of an epoch. */
  readonly steps: number;
}

/** Everything learns, from the first step on. */
const anywhere: Place = { epoch: Infinity, steps: 0 };

/** A recipe bound to an engine. */
export interface Trainer extends Disposable {
  readonly plan: Plan;
  readonly memory: Memory;
  /** Trains one step on its batches and gives their mean loss before it; steps count from 1. */
  step(batches: readonly Batch[], rate: number, step: number, place?: Place): Promise<number>;
  /** Evaluates rows in order; `onBatch` hears how many batches are done, and asks for the scores so far if it likes. */
  evaluate(
    rows: Rows,
    labels: readonly string[],
    onBatch?: (done: number, soFar: () => Scores) => void,
  ): Promise<Evaluation>;
}

/**
 * What float16 needs of a loss. Of the published recipe's gradients at its first step, 3.5 % are nonzero and below
 * float16's smallest number (6e-8), with this scale 0.003 %; the largest, 0.007, stays far below the largest number
 * (65504).
 */
const FLOAT16_LOSS_SCALE = 2 ** 13;

/** Batches made ready while one is being used. */
export const PREFETCH = 2;

const labelsOf = ({ labels }: Batch, numLabels: number): Value =>
  float32([labels.length / numLabels, numLabels], labels);

/** Scalars by name. */
const scalars = (numbers: Readonly<Record<string, number>>): Values =>
  Object.fromEntries(Object.entries(numbers).map(([name, x]) => [name, float32([], [x])]));

/** The programs of a step in which these parameters learn. */
interface Programs {
  /** On one batch. */
  readonly train: Program;
  /** On several: each batch, and then the step. */
  readonly accumulate: Program;
  readonly finish: Program;
}

const programsOf = (memory: Memory, parts: StepParts): Programs => ({
  train: memory.compile(trainStep(parts)),
  accumulate: memory.compile(accumulationStep(parts)),
  finish: memory.compile(accumulatedStep(parts)),
});

/** Opens a memory for a recipe; its weights are still to be put. */
export function trainer(recipe: Recipe, engine: Engine): Trainer {
  const planned = plan(recipe), { trainable, waits } = planned;
  const numLabels = numLabelsOf(recipe);
  const memory = engine.memory();
  const optimizer = recipe.optimizer.made;
  const parts = {
    ...partsOf(recipe, planned),
    lossScale: engine.options.precision === "mixed" ? FLOAT16_LOSS_SCALE : 1,
  };
  const evaluation = memory.compile(evaluationStep(parts));
  const guarded = lookupGuard(planned.model);
  const inputsOf = (batch: Batch): Values => ({
    ...guarded(batch.inputs),
    labels: labelsOf(batch, numLabels),
  });
  const accumulates = (recipe.accumulate ?? 1) > 1;

  /** The waits that are over in an epoch; 0 is. */
  const over = (epoch: number): number[] => [0, ...new Set(waits.values())].filter((wait) => wait <= epoch);
  const known = new Map<number, Programs>();
  const programsIn = (epoch: number): Programs => {
    const stage = over(epoch).length;
    const learning = [...trainable].filter((name) => (waits.get(name) ?? 0) <= epoch);
    const programs = known.get(stage) ?? programsOf(memory, { ...parts, trainable: new Set(learning) });
    known.set(stage, programs);
    return programs;
  };
  const numbersOf = (rate: number, step: number, { epoch, steps }: Place): Values =>
    scalars(Object.fromEntries(
      over(epoch).flatMap((wait) =>
        Object.entries(optimizer.scalars(rate, wait === 0 ? step : step - wait * steps))
          .map(([name, x]) => [scalarName(name, wait), x])
      ),
    ));

  return {
    plan: planned,
    memory,
    step: async (batches, rate, step, place = anywhere) => {
      const { train, accumulate, finish } = programsIn(place.epoch);
      const numbers = numbersOf(rate, step, place);
      const seed = (i: number) => ({
        seed: int32([], [i === 0 ? keyed(recipe.seed, "step", step) : keyed(recipe.seed, "step", step, i)]),
      });
      if (!accumulates) {
        const { loss } = await train.run({ ...inputsOf(batches[0]), ...numbers, ...seed(0) });
        return loss.data[0];
      }
      let losses = 0;
      for (const [i, batch] of batches.entries()) {
        const { loss } = await accumulate.run({ ...inputsOf(batch), ...seed(i) });
        losses += loss.data[0];
      }
      await finish.run({ ...numbers, ...scalars({ batches: batches.length }) });
      return losses / batches.length;
    },
    evaluate: async (rows, labels, onBatch) => {
      let confusion = noConfusion(labels.length);
      const isByBatch = recipe.validationLoss === "mean of batches";
      let losses = 0, weights = 0, count = 0, at = 0;
      const outputs = new Float32Array(rows.size * labels.length), truth = new Float32Array(outputs.length);
      const order = Int32Array.from({ length: rows.size }, (_, i) => i);
      const parts = batches(order, recipe.batchSize, { dropLast: false });
      for await (const batch of ahead(parts, PREFETCH, (positions) => rows.batch(positions))) {
        const { logits, loss } = await evaluation.run(inputsOf(batch));
        confusion = addBatch(confusion, logits.data as Float32Array, batch.labels, "logits");
        outputs.set(logits.data, at);
        truth.set(batch.labels, at);
        at += batch.labels.length;
        const weight = isByBatch ? 1 : batch.labels.length / labels.length;
        losses += weight * loss.data[0];
        weights += weight;
        count++;
        onBatch?.(count, () => scoresOf(confusion, labels));
      }
      return { loss: losses / weights, scores: scoresOf(confusion, labels), logits: outputs, truth };
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
  if (plan.waits.size === plan.trainable.size) {
    throw new OnesheetError(
      `Cannot train "${recipe.name}": every parameter waits in the first epoch; leave some out of the stages`,
    );
  }
  const moments = rememberedBy(recipe);
  await clearMoments(memory, plan, { moments: (recipe.accumulate ?? 1) > 1 ? [...moments, SUM] : moments });
}

/** Lets the running averages begin where the weights are, if the recipe keeps them: evaluation looks at them. */
export async function startAverages(
  { memory, plan }: Pick<Trainer, "memory" | "plan">,
  { average }: Pick<Recipe, "average">,
): Promise<void> {
  if (!average) return;
  await clearMoments(memory, plan, { moments: [AVERAGE] });
  await memory.compile(averagesStep(plan.trainable)).run({});
}
