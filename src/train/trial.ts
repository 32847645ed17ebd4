/** One system of a comparison, trained with one seed and judged on rows that chose nothing. */
import { join } from "node:path";
import { OnesheetError } from "../base/errors.ts";
import { fieldFault, readJson } from "../base/json.ts";
import { type ParameterCount, summarize } from "../dsl/summary.ts";
import { demandBest, demandFinite } from "./best.ts";
import type { System } from "./comparison.ts";
import type { OpenOptions } from "../data/source.ts";
import type { TrainEvent } from "./events.ts";
import { fit, type FitOptions } from "./fit.ts";
import { withoutTestRows } from "./held_out.ts";
import { withLabels } from "./labels.ts";
import { withFrequencies } from "./loss.ts";
import type { Scores } from "./metrics.ts";
import { putConstants } from "./nodes.ts";
import { printable, type Recipe } from "./recipe.ts";
import { exists, readMetrics, readRecord, runFiles, writeRunFile } from "./run.ts";
import { demandSplit, rowsToResume } from "./split_file.ts";
import { draftPlan, wantedOf } from "./start.ts";
import { startAverages, trainer } from "./trainer.ts";
import { putWeights } from "./weights.ts";

/** What a trial found, as `trial.json` of its run folder keeps it. */
export interface Trial {
  readonly system: string;
  readonly seed: number;
  readonly parameters: ParameterCount;
  /** How many rows taught, chose the epoch, and judged. */
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
  /** Epochs trained, and the one whose weights were judged. */
  readonly epochs: number;
  readonly best: number;
  /** Of training and of the evaluations that chose. */
  readonly seconds: number;
  /** On the rows that judged. */
  readonly scores: Scores;
}

/** Where and on what a trial runs. */
export interface TrialOptions
  extends Pick<FitOptions, "engine" | "data" | "limit" | "weights" | "signal" | "onProgress" | "onReady"> {
  readonly tell: (line: string) => void;
  readonly onEvent: (event: TrainEvent) => void;
}

/** Refuses a run folder that was begun with another recipe, other data or other rows. */
async function demandSame(folder: string, recipe: Recipe, { data, limit }: TrialOptions): Promise<void> {
  const begun = await readRecord(folder);
  const pairs = [[begun.recipe, printable(recipe)], [begun.data, data], [begun.limit, limit]];
  if (pairs.every(([before, now]) => JSON.stringify(before) === JSON.stringify(now))) return;
  throw new OnesheetError(
    `Cannot go on with "${folder}": it was begun with another recipe, other settings or other data; use another --out`,
    { exitCode: 2 },
  );
}

/** Scores of a run's best weights on the rows that judge. */
async function judged(recipe: Recipe, folder: string, options: TrialOptions): Promise<Omit<Trial, "system">> {
  const { engine, data, limit, onProgress, tell } = options;
  const metrics = await readMetrics(folder);
  const best = metrics.findLast((row) => row.best);
  if (best === undefined) {
    throw new OnesheetError(`Cannot judge "${folder}": expected an epoch that was kept, found none`);
  }
  const split = await rowsToResume(folder);
  const open: OpenOptions = {
    ...wantedOf(draftPlan(recipe)),
    ...(data !== undefined && { data }),
    ...(limit !== undefined && { limit }),
    split,
    kept: runFiles(folder).reader,
    ...(onProgress && { onProgress }),
  };
  await using set = await recipe.data.made.open(open);
  await demandSplit(split, set);
  using bound = trainer(withFrequencies(withLabels(recipe, set.labels), set.train), engine);
  await demandBest(folder);
  await putWeights(runFiles(folder).best, recipe, bound.plan, bound.memory, { tell });
  await startAverages(bound, recipe);
  const { weights } = await readRecord(folder);
  await putConstants(recipe, bound.plan, bound.memory, set, { engine, open, weights, tell });
  const test = set.test!; // withoutTestRows made it
  const { scores, logits } = await bound.evaluate(test, set.labels);
  demandFinite(`evaluate "${folder}"`, { data: logits });
  return {
    seed: recipe.seed,
    parameters: summarize(bound.plan.model, bound.plan.trainable).parameters,
    rows: { train: set.train.size, validation: set.validation.size, test: test.size },
    epochs: metrics.length,
    best: best.epoch,
    seconds: metrics.reduce((sum, { seconds }) => sum + seconds, 0),
    scores,
  };
}

/**
 * Trains a system and judges it, or goes on where an earlier call was stopped; what is done is read and not done again.
 * Undefined when the signal ended it.
 */
export async function trial(
  { name, recipe }: System,
  folder: string,
  options: TrialOptions,
): Promise<Trial | undefined> {
  const resume = await exists(runFiles(folder).recipe), file = join(folder, "trial.json");
  if (resume) await demandSame(folder, recipe, options);
  if (await exists(file)) {
    return await readJson<Trial>(
      file,
      (found) => fieldFault(found, { system: "a text", scores: "an object" }),
    );
  }
  const { onEvent, ...rest } = options;
  for await (const event of fit(withoutTestRows(recipe), { ...rest, folder, resume })) {
    onEvent(event);
    if (event.kind === "end" && event.reason === "interrupted") return undefined;
  }
  const found = { system: name, ...await judged(withoutTestRows(recipe), folder, options) };
  await writeRunFile(file, JSON.stringify(found, null, 2) + "\n");
  return found;
}
