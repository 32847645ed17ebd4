/** The training loop: epochs of steps, an evaluation after each, and everything that matters written down. */
import { ahead } from "../base/ahead.ts";
import type { Dataset } from "../data/source.ts";
import { type Checkpointed, keepAsBest, type RunState, saveCheckpoint } from "./checkpoint.ts";
import type { EndReason, TrainEvent } from "./events.ts";
import { goneWrong } from "./finite.ts";
import type { Recipe } from "./recipe.ts";
import { type CheckpointEvery, type EpochMetrics, readMetrics, writeMetrics } from "./run.ts";
import { stateSettings } from "./resumed.ts";
import { batches, epochOrder, inGroups } from "./sampler.ts";
import { type Evaluation, PREFETCH, type Trainer } from "./trainer.ts";
import { rememberedBy } from "./update.ts";
import { keepValidation } from "./validation.ts";

const TEN_MINUTES: CheckpointEvery = { seconds: 600 };

/** How far a run goes, and where from. */
export interface LoopOptions {
  readonly folder: string;
  /** Where a run that is gone on with was. */
  readonly from?: RunState;
  /** Ends the run after this many steps of training in all. */
  readonly maxSteps?: number;
  /** Every ten minutes unless given. */
  readonly checkpointEvery?: CheckpointEvery;
  /** Ends the run after the step or the evaluated batch under way, with a checkpoint. */
  readonly signal?: AbortSignal;
  /** Hears of each evaluated batch. */
  readonly onEvaluating?: (done: number, total: number) => void;
}

/** The state before the first step. */
export const startState = (recipe: Recipe): RunState => ({
  epoch: 0,
  batch: 0,
  step: 0,
  lossSum: 0,
  seconds: 0,
  bestStep: null,
  schedule: recipe.learningRate.made.start(),
  stopping: recipe.stop.made.start(),
  finished: false,
});

const metricsOf = (
  { epoch, batch, step, lossSum, seconds }: RunState,
  lr: number,
  { loss, scores }: Evaluation,
  { best, partial }: { best: boolean; partial: boolean },
): EpochMetrics => ({
  epoch: epoch + 1,
  step,
  lr,
  train_loss: lossSum / batch,
  val_loss: loss,
  macro_f1: scores.macroF1,
  micro_f1: scores.microF1,
  weighted_f1: scores.weightedF1,
  samples_f1: scores.samplesF1,
  per_label: scores.perLabel,
  seconds: Math.round(seconds * 1000) / 1000,
  best,
  ...(partial && { partial }),
});

/** Trains until the recipe, a limit or a signal ends it; yields what happens. */
export async function* train(
  recipe: Recipe,
  trainer: Trainer,
  data: Dataset,
  {
    folder,
    from = startState(recipe),
    maxSteps = Infinity,
    checkpointEvery = TEN_MINUTES,
    signal,
    onEvaluating,
  }: LoopOptions,
): AsyncGenerator<TrainEvent> {
  const { model, trainable } = trainer.plan;
  const { memory } = trainer;
  const { accumulate = 1 } = recipe;
  const checkpointed: Checkpointed = {
    folder,
    model,
    trainable,
    memory,
    moments: rememberedBy(recipe),
  };
  const schedule = recipe.learningRate.made, stopping = recipe.stop.made;
  let state = from;
  let savedAt = performance.now();
  let rows = (await readMetrics(folder)).filter((row) =>
    row.epoch <= state.epoch && row.partial === undefined
  );
  const save = async (): Promise<void> => {
    await saveCheckpoint(checkpointed, { ...state, settings: stateSettings(recipe) });
    savedAt = performance.now();
  };
  const isDue = (): boolean =>
    "steps" in checkpointEvery
      ? state.step % checkpointEvery.steps === 0
      : performance.now() - savedAt >= checkpointEvery.seconds * 1000;
  const end = (reason: EndReason): TrainEvent => ({ kind: "end", reason, metrics: rows });

  /** Undefined when the signal cuts it short. */
  const evaluate = async (): Promise<Evaluation | undefined> => {
    const total = Math.ceil(data.validation.size / recipe.batchSize);
    try {
      return await trainer.evaluate(data.validation, data.labels, (done) => {
        signal?.throwIfAborted();
        onEvaluating?.(done, total);
      });
    } catch (error) {
      if (signal?.aborted && error === signal.reason) return undefined;
      throw error;
    }
  };

  while (!state.finished && state.epoch < recipe.epochs) {
    const { epoch } = state;
    const started = performance.now() - state.seconds * 1000;
    const seconds = () => (performance.now() - started) / 1000;
    const order = epochOrder(data.train.size, { seed: recipe.seed, epoch });
    const all = batches(order, recipe.batchSize, { dropLast: recipe.dropLast ?? true });
    const steps = inGroups(all, accumulate), done = Math.ceil(state.batch / accumulate);
    const draw = { seed: recipe.seed, epoch };
    const rateOf = (step: number) =>
      schedule.rate(epoch, state.schedule, { step, steps: recipe.epochs * steps.length });
    const left = steps.slice(done, done + Math.max(0, maxSteps - state.step));
    const made = (group: readonly Int32Array[]) =>
      Promise.all(group.map((positions) => data.train.batch(positions, draw)));
    for await (const group of ahead(left, PREFETCH, made)) {
      const rate = rateOf(state.step);
      const loss = await trainer.step(group, rate, state.step + 1, { epoch, steps: steps.length });
      if (!Number.isFinite(loss)) {
        throw await goneWrong(`the loss is ${loss}`, { ...state, step: state.step + 1 }, folder);
      }
      state = {
        ...state,
        batch: state.batch + group.length,
        step: state.step + 1,
        lossSum: state.lossSum + loss * group.length,
        seconds: seconds(),
      };
      yield {
        kind: "step",
        epoch: epoch + 1,
        epochs: recipe.epochs,
        batch: state.batch,
        batches: all.length,
        step: state.step,
        rate,
        loss: state.lossSum / state.batch,
        batchLoss: loss,
      };
      if (signal?.aborted) {
        await save();
        return yield end("interrupted");
      }
      if (isDue()) await save();
    }
    const partial = state.batch < all.length;
    if (partial) await save();
    if (partial && state.batch === 0) return yield end("step limit");
    const evaluation = await evaluate();
    if (evaluation === undefined) {
      await save();
      return yield end("interrupted");
    }
    // The last step alone may have spoilt the weights: a checkpoint of them could not be gone on from.
    if (!Number.isFinite(evaluation.loss)) {
      throw await goneWrong(`the validation loss is ${evaluation.loss}`, state, folder);
    }
    const verdict = stopping.next(state.stopping, evaluation.scores);
    // A part of an epoch does not count when the run goes on, so it must not take the place of a whole one.
    const best = verdict.improved && !(partial && rows.length > 0);
    const metrics = metricsOf({ ...state, seconds: seconds() }, rateOf(state.step - 1), evaluation, {
      best,
      partial,
    });
    rows = [...rows, metrics];
    await writeMetrics(folder, rows);
    // Before the checkpoint: a run that is ended here evaluates again and writes the same.
    if (best) await keepValidation(folder, data, evaluation);
    if (!partial) {
      state = {
        epoch: epoch + 1,
        batch: 0,
        step: state.step,
        lossSum: 0,
        seconds: 0,
        bestStep: best ? state.step : state.bestStep,
        schedule: schedule.next(state.schedule, epoch, evaluation.scores[stopping.on]),
        stopping: verdict.state,
        finished: verdict.stop,
      };
      await save();
    }
    // Either way the last checkpoint has the weights that were evaluated.
    if (best) await keepAsBest(checkpointed);
    yield { kind: "epoch", metrics, curves: rows };
    if (partial) return yield end("step limit");
  }
  yield end(state.finished ? "early stopping" : "epochs");
}
