/** `evaluate`: scores of a run or of a recipe with given weights, on the validation rows. */
import { OnesheetError } from "../base/errors.ts";
import { table } from "../report/table.ts";
import type { OpenOptions } from "../data/source.ts";
import { demandBest, demandFinite } from "../train/best.ts";
import { aboutRows, trainedOn, UNRECORDED } from "../train/evaluated.ts";
import { withoutTestRows } from "../train/held_out.ts";
import { withLabels, withRunLabels } from "../train/labels.ts";
import { putConstants } from "../train/nodes.ts";
import { demandTables } from "../train/lookups.ts";
import { withFrequencies } from "../train/loss.ts";
import type { Recipe } from "../train/recipe.ts";
import { demandLabelsOf, runFiles } from "../train/run.ts";
import { readSplit, type RunSplit } from "../train/split_file.ts";
import { draftPlan, wantedOf } from "../train/start.ts";
import { demandRows, leftOut } from "../train/skipped.ts";
import { type Evaluation, startAverages, trainer } from "../train/trainer.ts";
import { demandRealData, putWeights } from "../train/weights.ts";
import type { Command } from "./command.ts";
import { engineOptions, openEngine } from "./engine.ts";
import type { Parsed } from "./options.ts";
import { leaveNetwork, stayOffline } from "./permissions.ts";
import { isRun, loadRecipe, loadRun, userPath } from "./recipes.ts";
import { bars, labelTable } from "./screen.ts";
import { jsonText, print, tell } from "./terminal.ts";
import { recipeOption } from "./trust.ts";

/** What `evaluate` takes. */
export const evaluateCommand = {
  name: "evaluate",
  summary: "Evaluates a run's best weights, or a recipe with given weights, on the validation rows.\n\n" +
    "--data with other rows than the run's validation rows is evaluated whole.",
  positionals: { target: { help: "a run folder or a recipe file", required: true } },
  options: {
    weights: {
      kind: "string",
      placeholder: "hub|random|FILE",
      help: "other weights than the run's best; a recipe needs them",
    },
    data: { kind: "string", placeholder: "DIR", help: "the run's data elsewhere, or other data" },
    recipe: recipeOption,
    ...engineOptions,
    limit: { kind: "count", least: 1, placeholder: "N", help: "use only the first N rows" },
    strict: {
      kind: "boolean",
      help: "fail where a row of the data cannot be used, as a run with --strict does",
    },
    set: { kind: "string", placeholder: "path=value", repeat: true, help: "change a setting of the recipe" },
    json: { kind: "boolean", help: "for programs" },
  },
  examples: [
    "deno task evaluate runs/quickstart-20260101-120000",
    "deno task evaluate recipes/mmimdb.ts --weights published.safetensors --data mmimdb/",
  ],
} as const satisfies Command;

interface Target {
  readonly recipe: Recipe;
  readonly weights?: string;
  readonly data?: string;
  readonly limit?: number;
  readonly strict?: boolean;
  /** The run folder, if it is one, and the rows that it recorded. */
  readonly run?: string;
  readonly split?: RunSplit;
  /** What the run started from. */
  readonly started?: string;
}

async function targetOf(
  path: string,
  { set: settings, recipe: named }: Parsed<typeof evaluateCommand>["options"],
): Promise<Target> {
  if (!await isRun(path)) return { recipe: await loadRecipe(path, settings) };
  const { folder, record, recipe } = await loadRun(path, { settings, recipe: named });
  const split = await readSplit(folder);
  return {
    ...record,
    recipe: split?.test ? withoutTestRows(recipe) : recipe,
    weights: runFiles(folder).best,
    run: folder,
    ...(split && { split }),
    started: record.weights,
  };
}

/** Runs the command; gives its exit code. */
export async function evaluate({ positionals, options }: Parsed<typeof evaluateCommand>): Promise<number> {
  stayOffline();
  const target = await targetOf(positionals.target, options);
  const { recipe, run, split } = target;
  const data = options.data !== undefined ? userPath(options.data) : target.data;
  // The rows that a run recorded are as many as its own limit allowed.
  const limit = options.limit ?? (split === undefined ? target.limit : undefined);
  const given = options.weights;
  const named = given === undefined || /^(hub|random)$/.test(given);
  const weights = named ? given ?? target.weights : userPath(given);
  if (weights === undefined) {
    throw new OnesheetError(
      `Cannot evaluate "${positionals.target}": a recipe has no trained weights of its own; give --weights FILE, or a run folder`,
      { exitCode: 2 },
    );
  }
  if (run !== undefined) {
    if (weights === runFiles(run).best) await demandBest(run);
    await withRunLabels(recipe, run);
  }
  const show = bars();
  const open: OpenOptions = {
    ...wantedOf(draftPlan(recipe)),
    ...(data !== undefined && { data }),
    ...(limit !== undefined && { limit }),
    ...(run !== undefined && { kept: runFiles(run).reader }),
    ...(split && { split, orWhole: options.data !== undefined }),
    onProgress: show.show,
  };
  await using set = await recipe.data.made.open(open);
  show.close();
  demandRows(set, options.strict || target.strict === true, tell);
  if (run !== undefined) await demandLabelsOf(run, set.labels);
  if (split) { for (const line of await aboutRows(split, set, { data: options.data, limit })) tell(line); }
  else if (run !== undefined) tell(UNRECORDED);
  const labelled = withLabels(recipe, set.labels);
  demandRealData(set.makeshift, weights);
  const { engine } = await openEngine(options);
  using bound = trainer(withFrequencies(labelled, split ? trainedOn(split, set) : set.train), engine);
  demandTables(bound.plan, set.below);
  const listener = { tell, onProgress: show.show };
  await putWeights(weights, recipe, bound.plan, bound.memory, listener);
  await startAverages(bound, recipe);
  await putConstants(recipe, bound.plan, bound.memory, set, {
    ...listener,
    engine,
    open,
    weights: target.started ?? weights,
  });
  leaveNetwork();
  const total = Math.ceil(set.validation.size / recipe.batchSize);
  const result = await bound.evaluate(
    set.validation,
    set.labels,
    (done, soFar) => show.show("validation", done, total, `macro-F1 ${soFar().macroF1.toFixed(4)}`),
  );
  show.close();
  demandFinite(`evaluate "${positionals.target}"`, { data: result.logits });
  print(options.json ? jsonText({ loss: result.loss, ...result.scores }, 2) : text(result));
  if (set.skipped?.length) tell(leftOut(set.skipped.length));
  return 0;
}

const text = ({ loss, scores }: Evaluation): string =>
  [
    labelTable({ per_label: scores.perLabel }),
    "",
    table({
      head: ["macro-F1", "micro-F1", "weighted-F1", "samples-F1", "loss"],
      rows: [
        [scores.macroF1, scores.microF1, scores.weightedF1, scores.samplesF1, loss].map((x) => x.toFixed(4)),
      ],
    }),
  ].join("\n");
