/** From a recipe to a run folder: opens the data, puts first weights, trains; yields what happens. */
import { join } from "node:path";
import { OnesheetError } from "../base/errors.ts";
import { writeFileWhole } from "../base/files.ts";
import { version } from "../base/version.ts";
import type { Dataset, OpenOptions } from "../data/source.ts";
import type { Engine } from "../tensor.ts";
import { type Checkpointed, loadCheckpoint } from "./checkpoint.ts";
import { train, type TrainEvent } from "./loop.ts";
import { printable, type Recipe } from "./recipe.ts";
import { runFiles, type RunRecord, startRun } from "./run.ts";
import { prepareTraining, trainer } from "./trainer.ts";
import { demandRealData, putWeights } from "./weights.ts";

/** What a run is told beside its recipe. */
export interface FitOptions {
  /** Where it runs. */
  readonly engine: Engine;
  /** The run folder; it must not hold a run, unless that is to be gone on with. */
  readonly folder: string;
  /** Go on with the run in the folder from its last checkpoint. */
  readonly resume?: boolean;
  /** A folder in the layout of the recipe's source; the source finds its data itself unless given. */
  readonly data?: string;
  /** Use only the first rows of each side of the split. */
  readonly limit?: number;
  /** `hub`, `random` or a safetensors file; the recipe's pretrained weights unless given. */
  readonly weights?: string;
  /** End after this many steps of training. */
  readonly maxSteps?: number;
  /** Ends the run after the step under way, with a checkpoint. */
  readonly signal?: AbortSignal;
  /** The recipe's file and the settings changed since, for `predict` and `evaluate` to find it again. */
  readonly from?: { readonly module: string; readonly settings: readonly string[] };
  /** Hears what is being prepared or evaluated and how far it is. */
  readonly onProgress?: OpenOptions["onProgress"];
  /** Hears lines worth telling. */
  readonly tell?: (line: string) => void;
}

function demandLabels(recipe: Recipe, { labels }: Dataset): void {
  if (labels.length === recipe.labels) return;
  throw new OnesheetError(
    `Cannot train "${recipe.name}": its model tells ${recipe.labels} labels apart, the data has ${labels.length} ` +
      `(${labels.slice(0, 4).join(", ")}, …); change \`labels\` in the recipe`,
  );
}

const recordOf = (recipe: Recipe, options: FitOptions, weights: string): RunRecord => ({
  onesheet: version,
  ...options.from,
  ...(options.data !== undefined && { data: options.data }),
  ...(options.limit !== undefined && { limit: options.limit }),
  weights,
  engine: options.engine.name,
  recipe: printable(recipe),
});

/**
 * Trains a recipe.
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
  const { engine, folder, resume = false, data, limit, maxSteps, signal, onProgress, tell = () => {} } =
    options;
  const weights = options.weights ?? (recipe.weights.length > 0 ? "hub" : "random");
  const files = runFiles(folder);
  await using dataset = await recipe.data.made.open({
    ...(data !== undefined && { data }),
    ...(limit !== undefined && { limit }),
    ...(resume && { kept: files.reader }),
    ...(onProgress && { onProgress }),
  });
  demandLabels(recipe, dataset);
  demandRealData(dataset.makeshift, weights);
  const { train: rows, validation, labels } = dataset;
  tell(`${rows.size} training rows, ${validation.size} validation rows, ${labels.length} labels`);

  using bound = trainer(recipe, engine);
  const { memory, plan: { model, trainable } } = bound;
  await prepareTraining(bound, recipe);
  const what: Checkpointed = { folder, model, trainable, memory, moments: recipe.optimizer.made.moments };
  if (!resume) {
    await putWeights(weights, recipe, bound.plan, memory, { tell, ...(onProgress && { onProgress }) });
    await startRun(folder, recordOf(recipe, options, weights), labels);
    for (const [name, text] of Object.entries(dataset.kept)) {
      await writeFileWhole(join(files.reader, name), text);
    }
  }
  const from = resume ? await loadCheckpoint(what) : undefined;
  if (from) tell(`going on after step ${from.step}, in epoch ${from.epoch + 1}`);
  yield* train(recipe, bound, dataset, {
    folder,
    ...(from && { from }),
    ...(maxSteps !== undefined && { maxSteps }),
    ...(signal && { signal }),
    ...(onProgress && { onEvaluating: (done, total) => onProgress("validation", done, total) }),
  });
}
