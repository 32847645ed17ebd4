/** From a recipe to a run folder: opens the data, puts first weights, trains; yields what happens. */
import { version } from "../base/version.ts";
import type { Dataset, OpenOptions } from "../data/source.ts";
import type { Engine } from "../tensor.ts";
import { demandNoRun, startRun } from "./begin.ts";
import { claimRun, removeLeftovers } from "./claim.ts";
import { type Checkpointed, loadCheckpoint, type StateSettings } from "./checkpoint.ts";
import type { TrainEvent } from "./events.ts";
import { train } from "./loop.ts";
import { beginSession } from "./machine.ts";
import { withLabels } from "./labels.ts";
import { demandTables } from "./lookups.ts";
import { withFrequencies } from "./loss.ts";
import { printable, type Recipe } from "./recipe.ts";
import {
  type CheckpointEvery,
  readMetrics,
  readRecord,
  runFiles,
  type RunRecord,
  writeRecord,
} from "./run.ts";
import { demandResumable, nextOf, resumedState } from "./resumed.ts";
import { batches } from "./sampler.ts";
import { putConstants } from "./nodes.ts";
import { draftPlan, wantedOf } from "./start.ts";
import { demandRows, leftOut, skippedSince, writeSkipped } from "./skipped.ts";
import { demandSplit, rowsToResume, splitText, tellAdded } from "./split_file.ts";
import { prepareTraining, startAverages, trainer } from "./trainer.ts";
import { rememberedBy } from "./update.ts";
import { demandRealData, putWeights } from "./weights.ts";

/** What a run is told beside its recipe. */
export interface FitOptions {
  /** Where it runs. */
  readonly engine: Engine;
  /** The run folder; it must not hold a run, unless that is to be gone on with. */
  readonly folder: string;
  /** Go on with the run in the folder from its last checkpoint, on its data and rows unless others are given. */
  readonly resume?: boolean;
  /** A folder in the layout of the recipe's source; the source finds its data itself unless given. */
  readonly data?: string;
  /** Use only the first rows of each side of the split. */
  readonly limit?: number;
  /** A row that cannot be used fails the run before its first step; it is left out unless given. */
  readonly strict?: boolean;
  /** `hub`, `random` or a safetensors file; the recipe's pretrained weights unless given. */
  readonly weights?: string;
  /** End after this many steps of training. */
  readonly maxSteps?: number;
  /** How often a checkpoint is saved besides at the end of every epoch; every ten minutes unless given. */
  readonly checkpointEvery?: CheckpointEvery;
  /** Ends the run after the step under way, with a checkpoint. */
  readonly signal?: AbortSignal;
  /** The recipe's file, the settings changed since and digests, to find it again and see it change. */
  readonly from?: Pick<
    RunRecord,
    "module" | "system" | "settings" | "code" | "sandboxed" | "model" | "weightFiles"
  >;
  /** Hears what is being prepared or evaluated and how far it is. */
  readonly onProgress?: OpenOptions["onProgress"];
  /** Hears lines worth telling. */
  readonly tell?: (line: string) => void;
  /** Called before the first step, when data and weights are on this machine. */
  readonly onReady?: () => void;
}

/** Refuses rows that do not fill one batch, because nothing would be trained. */
const demandBatch = (recipe: Recipe, { train }: Dataset): unknown =>
  batches(train.ids, recipe.batchSize, { dropLast: recipe.dropLast ?? true });

/** Whether anything of a recipe starts from pretrained weights. */
const isPretrained = ({ weights, nodes }: Recipe): boolean =>
  weights.length > 0 || (nodes?.weights.length ?? 0) > 0;

/** What a run records of itself before it has opened its data. */
export const recordOf = (
  recipe: Recipe,
  options: Pick<FitOptions, "from" | "data" | "limit" | "strict" | "checkpointEvery" | "weights" | "engine">,
): RunRecord => ({
  onesheet: version,
  ...options.from,
  ...(options.data !== undefined && { data: options.data }),
  ...(options.limit !== undefined && { limit: options.limit }),
  ...(options.strict && { strict: true }),
  ...(options.checkpointEvery && { checkpointEvery: options.checkpointEvery }),
  weights: options.weights ?? (isPretrained(recipe) ? "hub" : "random"),
  engine: options.engine.name,
  engineOptions: options.engine.options,
  recipe: printable(recipe),
});

/**
 * Trains a recipe. What is wrong with recipe, data or weights is told before anything is written.
 *
 * ```ts
 * import { assert } from "@std/assert";
 * import { chooseEngine, fit } from "../../mod.ts";
 * import quickstart from "../../recipes/quickstart.ts";
 *
 * const { engine } = await chooseEngine("portable");
 * const folder = await Deno.makeTempDir();
 * for await (const event of fit(quickstart, { engine, folder, limit: 32, maxSteps: 2 })) {
 *   if (event.kind === "epoch") assert(event.metrics.macro_f1 >= 0);
 * }
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function* fit(recipe: Recipe, options: FitOptions): AsyncGenerator<TrainEvent> {
  const { engine, folder, resume = false, maxSteps, signal, onProgress, tell = () => {} } = options;
  const before = resume ? await readRecord(folder) : undefined;
  using _claimed = await claimRun(folder);
  if (before === undefined) await demandNoRun(folder);
  else await demandResumable(folder, before.recipe, recipe);
  const record = { ...before, ...recordOf(recipe, options), ...(before && { weights: before.weights }) };
  const { data, limit, strict = false, weights, checkpointEvery } = record;
  const split = resume ? await rowsToResume(folder) : undefined;
  const open: OpenOptions = {
    ...wantedOf(draftPlan(recipe)),
    ...(data !== undefined && { data }),
    ...(limit !== undefined && { limit }),
    ...(split && { split, kept: runFiles(folder).reader }),
    ...(onProgress && { onProgress }),
  };
  await using dataset = await recipe.data.made.open(open);
  const skipped = resume ? await skippedSince(folder, dataset) : dataset.skipped ?? [];
  demandRows({ ...dataset, skipped }, strict, tell);
  const labelled = withLabels(recipe, dataset.labels);
  demandBatch(recipe, dataset);
  demandRealData(dataset.makeshift, weights);
  if (split) {
    await demandSplit(split, dataset);
    tellAdded(split, dataset, tell);
  }
  const { train: rows, validation, labels } = dataset;
  tell(`${rows.size} training rows, ${validation.size} validation rows, ${labels.length} labels`);

  using bound = trainer(withFrequencies(labelled, rows), engine);
  const { memory, plan: { model, trainable } } = bound;
  demandTables(bound.plan, dataset.below);
  await prepareTraining(bound, recipe);
  const what: Checkpointed = { folder, model, trainable, memory, moments: rememberedBy(recipe) };
  const saved = resume ? await loadCheckpoint(what, tell) : undefined;
  const from = saved &&
    resumedState(saved, before!.recipe as StateSettings, recipe, await readMetrics(folder));
  if (from === undefined) {
    await putWeights(weights, recipe, bound.plan, memory, { tell, ...(onProgress && { onProgress }) });
    await startAverages(bound, recipe);
  }
  await putConstants(recipe, bound.plan, memory, dataset, {
    engine,
    open,
    weights,
    tell,
    ...(onProgress && { onProgress }),
  });
  await removeLeftovers(folder);
  await (resume
    ? writeRecord(folder, record)
    : startRun(folder, record, dataset, await splitText(folder, dataset)));
  await writeSkipped(folder, { skipped });
  if (resume) {
    tell(from ? nextOf(from, recipe) : "no checkpoint had been saved: starting from the beginning");
  }
  options.onReady?.();
  const endSession = await beginSession(folder, engine, from?.step ?? 0);
  const events = train(recipe, bound, dataset, {
    folder,
    ...(from && { from }),
    ...(maxSteps !== undefined && { maxSteps }),
    ...(checkpointEvery && { checkpointEvery }),
    ...(signal && { signal }),
    ...(onProgress && { onEvaluating: (done, total) => onProgress("validation", done, total) }),
  });
  for await (const event of events) {
    if (event.kind === "end") await endSession(event.reason);
    yield event;
  }
  if (skipped.length > 0) {
    tell(`${leftOut(skipped.length)}; "${runFiles(folder).skipped}" says which and why`);
  }
}
