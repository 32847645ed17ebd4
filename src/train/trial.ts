/** One system of a comparison, trained with one seed and judged on rows that chose nothing. */
import { OnesheetError } from "../base/errors.ts";
import { fieldFault, readJson } from "../base/json.ts";
import { type ParameterCount, summarize } from "../dsl/summary.ts";
import { isTrained } from "./begin.ts";
import { demandBest, demandFinite } from "./best.ts";
import type { System } from "./comparison.ts";
import type { OpenOptions } from "../data/source.ts";
import { describeDifferences, differences } from "./differences.ts";
import type { TrainEvent } from "./events.ts";
import { fit, type FitOptions, recordOf } from "./fit.ts";
import { withoutTestRows } from "./held_out.ts";
import { modelDigest, weightsDigests } from "./identity.ts";
import { withLabels } from "./labels.ts";
import { demandTables } from "./lookups.ts";
import { withFrequencies } from "./loss.ts";
import type { Scores } from "./metrics.ts";
import { putConstants } from "./nodes.ts";
import type { Recipe } from "./recipe.ts";
import { exists, readMetrics, readRecord, runFiles, type RunRecord, writeRunFile } from "./run.ts";
import { demandSplit, rowsToResume, type RunSplit, splitOf } from "./split_file.ts";
import { draftPlan, wantedOf } from "./start.ts";
import { startAverages, trainer } from "./trainer.ts";
import { putWeights, weightFiles } from "./weights.ts";

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
  extends
    Pick<FitOptions, "engine" | "data" | "limit" | "weights" | "signal" | "from" | "onProgress" | "onReady"> {
  readonly tell: (line: string) => void;
  readonly onEvent: (event: TrainEvent) => void;
}

/** What decides a trial's numbers, but for the rows of `split.jsonl`. */
const decisive = [
  ...["onesheet", "recipe", "limit", "weights", "weightFiles", "model", "code", "engine", "engineOptions"],
] as const satisfies readonly (keyof RunRecord)[];

/** What a trial's run records of where it is from, digests of its model and first weights included. */
async function originOf({ name, recipe }: System, options: TrialOptions): Promise<FitOptions["from"]> {
  const { weights } = recordOf(recipe, options);
  return {
    ...options.from,
    system: name,
    model: modelDigest(draftPlan(recipe)),
    weightFiles: await weightsDigests(await weightFiles(weights, recipe, options.onProgress)),
  };
}

/**
 * Refuses a run folder whose trial is not the one asked for: of another recipe, model, code, version, engine or first
 * weights. One in which nothing was trained is accepted.
 */
export async function demandSameTrial(
  system: System,
  folder: string,
  options: TrialOptions,
): Promise<void> {
  if (!await isTrained(folder)) return;
  const begun = await readRecord(folder);
  const asked = recordOf(system.recipe, { ...options, from: await originOf(system, options) });
  const [was, is] = [begun, asked].map((record) =>
    Object.fromEntries(decisive.map((field) => [field, record[field]]))
  );
  const found = differences(was, is);
  if (found.length === 0) return;
  throw new OnesheetError(
    `Cannot use the trial in "${folder}": ${
      describeDifferences(found, "would be")
    }; use another --out, or delete ` +
      "that folder",
    { exitCode: 2 },
  );
}

/** How the data of a trial that has begun is opened. */
const openOf = (recipe: Recipe, folder: string, split: RunSplit, options: TrialOptions): OpenOptions => ({
  ...wantedOf(draftPlan(recipe)),
  ...(options.data !== undefined && { data: options.data }),
  ...(options.limit !== undefined && { limit: options.limit }),
  ...(options.onProgress && { onProgress: options.onProgress }),
  split,
  kept: runFiles(folder).reader,
});

/** Refuses data that is not what a finished trial was trained and tested on. */
async function demandSameData(recipe: Recipe, folder: string, options: TrialOptions): Promise<void> {
  const split = await rowsToResume(folder);
  await using data = await recipe.data.made.open(openOf(recipe, folder, split, options));
  await demandSplit(split, data);
  if ((await splitOf(folder, data)).key === split.key) return;
  throw new OnesheetError(
    `Cannot use the trial in "${folder}": its data has changed since; use another --out, or delete that folder`,
  );
}

/** Scores of a run's best weights on the rows that judge. */
async function judged(recipe: Recipe, folder: string, options: TrialOptions): Promise<Omit<Trial, "system">> {
  const { engine, tell } = options;
  const metrics = await readMetrics(folder);
  const best = metrics.findLast((row) => row.best);
  if (best === undefined) {
    throw new OnesheetError(
      `Cannot test "${folder}": expected an epoch whose weights were saved, found none`,
    );
  }
  const split = await rowsToResume(folder);
  const open = openOf(recipe, folder, split, options);
  await using set = await recipe.data.made.open(open);
  await demandSplit(split, set);
  using bound = trainer(withFrequencies(withLabels(recipe, set.labels), set.train), engine);
  demandTables(bound.plan, set.below);
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
 * Trains a system and tests it, or resumes where an earlier call was stopped; a trial that is done, and is the one asked
 * for, is read. Undefined when the signal ended it.
 */
export async function trial(
  system: System,
  folder: string,
  options: TrialOptions,
): Promise<Trial | undefined> {
  await demandSameTrial(system, folder, options);
  const { trial: file } = runFiles(folder), recipe = withoutTestRows(system.recipe);
  if (await exists(file)) {
    await demandSameData(recipe, folder, options);
    return await readJson<Trial>(
      file,
      (found) => fieldFault(found, { system: "a text", scores: "an object" }),
    );
  }
  const resume = await isTrained(folder);
  const { onEvent, ...rest } = options, from = await originOf(system, options);
  for await (const event of fit(recipe, { ...rest, ...(from && { from }), folder, resume })) {
    onEvent(event);
    if (event.kind === "end" && event.reason === "interrupted") return undefined;
  }
  const found = { system: system.name, ...await judged(recipe, folder, options) };
  await writeRunFile(file, JSON.stringify(found, null, 2) + "\n");
  return found;
}
