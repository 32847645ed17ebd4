/** `train`: from a recipe to a run folder. */
import { OnesheetError } from "../base/errors.ts";
import { writeFileWhole } from "../base/files.ts";
import type { Dataset } from "../data/source.ts";
import { chooseEngine, engineNames } from "../engine/choose.ts";
import { curvesSvg } from "../report/curves.ts";
import { type Checkpointed, loadCheckpoint } from "../train/checkpoint.ts";
import { train as trainLoop } from "../train/loop.ts";
import { printable, type Recipe } from "../train/recipe.ts";
import { readRecord, runFiles, type RunRecord, startRun } from "../train/run.ts";
import { prepareTraining, trainer } from "../train/trainer.ts";
import type { Command } from "./command.ts";
import { interruptible } from "./interrupt.ts";
import { type Parsed } from "./options.ts";
import { planJson, planText } from "./plan.ts";
import { loadRecipe, newestRun, newRunFolder, userPath } from "./recipes.ts";
import { bars, lastScreen, showEvent } from "./screen.ts";
import { version } from "./version.ts";
import { demandRealData, putWeights } from "./weights.ts";

/** What `train` takes. */
export const trainCommand = {
  name: "train",
  summary: "Trains a recipe and writes a run folder.",
  positionals: { recipe: { help: "a recipe file, such as recipes/mmimdb.ts", required: true } },
  options: {
    data: {
      kind: "string",
      placeholder: "DIR",
      help: "data in the source's file layout; fetched unless given",
    },
    engine: { kind: "string", oneOf: engineNames, help: "where it runs; auto takes the best that is set up" },
    weights: {
      kind: "string",
      placeholder: "hub|random|FILE",
      help: "what it starts from; the recipe's pretrained weights unless given",
    },
    run: { kind: "string", placeholder: "DIR", help: "the run folder; runs/<recipe>-<time> unless given" },
    resume: { kind: "boolean", help: "go on with the run in --run, or with the recipe's newest" },
    epochs: { kind: "count", placeholder: "N", help: "train this many epochs" },
    "max-steps": { kind: "count", placeholder: "N", help: "stop after this many steps, evaluate, save" },
    limit: { kind: "count", placeholder: "N", help: "use only the first N rows of each side of the split" },
    seed: { kind: "count", placeholder: "N", help: "of weights, order, augmentation and dropout" },
    set: { kind: "string", placeholder: "path=value", repeat: true, help: "change a setting of the recipe" },
    plan: { kind: "boolean", help: "show the model's modules and parameters; neither fetch nor train" },
    json: { kind: "boolean", help: "with --plan: for programs" },
  },
  examples: [
    "deno task train recipes/quickstart.ts",
    "deno task train recipes/mmimdb.ts --data mmimdb/ --set batchSize=8",
    "deno task train recipes/mmimdb.ts --resume --run runs/mmimdb-20260101-120000",
  ],
} as const satisfies Command;

type Options = Parsed<typeof trainCommand>["options"];

/** Named options as settings; they come after `--set` and so win. */
const settingsOf = ({ set, epochs, seed }: Options): string[] => [
  ...set,
  ...(epochs === undefined ? [] : [`epochs=${epochs}`]),
  ...(seed === undefined ? [] : [`seed=${seed}`]),
];

/** The run that is asked for: a new one, or one to go on with. */
async function runOf(
  path: string,
  options: Options,
): Promise<{ recipe: Recipe; folder: string; record: RunRecord }> {
  if (!options.resume) {
    const settings = settingsOf(options);
    const recipe = await loadRecipe(path, settings);
    const record = {
      onesheet: version,
      module: userPath(path),
      settings,
      weights: options.weights ?? (recipe.weights.length > 0 ? "hub" : "random"),
      engine: options.engine ?? "auto",
      ...(options.data !== undefined && { data: userPath(options.data) }),
      ...(options.limit !== undefined && { limit: options.limit }),
      recipe: printable(recipe),
    };
    return { recipe, record, folder: options.run ? userPath(options.run) : newRunFolder(recipe.name) };
  }
  const { name } = await loadRecipe(path, []);
  const folder = options.run ? userPath(options.run) : await newestRun(name);
  const record = await readRecord(folder);
  return { recipe: await loadRecipe(path, [...record.settings, ...settingsOf(options)]), record, folder };
}

function demandLabels(recipe: Recipe, { labels }: Dataset): void {
  if (labels.length === recipe.labels) return;
  throw new OnesheetError(
    `Cannot train "${recipe.name}": its model tells ${recipe.labels} labels apart, the data has ${labels.length} ` +
      `(${labels.slice(0, 4).join(", ")}, …); change \`labels\` in the recipe`,
  );
}

/** Runs the command; gives its exit code. */
export async function train({ positionals, options }: Parsed<typeof trainCommand>): Promise<number> {
  if (options.plan) {
    const recipe = await loadRecipe(positionals.recipe, settingsOf(options));
    console.log(options.json ? JSON.stringify(planJson(recipe), null, 2) : planText(recipe));
    return 0;
  }
  if (options.json) throw new OnesheetError("Cannot use --json without --plan", { exitCode: 2 });
  const { recipe, record, folder } = await runOf(positionals.recipe, options);
  const files = runFiles(folder);
  const show = bars();
  await using data = await recipe.data.made.open({
    ...(record.data !== undefined && { data: record.data }),
    ...(record.limit !== undefined && { limit: record.limit }),
    ...(options.resume && { kept: files.reader }),
    onProgress: show.show,
  });
  show.close();
  demandLabels(recipe, data);
  demandRealData(data.makeshift, record.weights);

  const { engine, why } = await chooseEngine((options.engine ?? record.engine) as typeof engineNames[number]);
  const tell = (line: string) => console.error(line);
  tell(`${recipe.name} on ${engine.description} (${engine.name}: ${why})`);
  tell(
    `${data.train.size} training rows, ${data.validation.size} validation rows, ${data.labels.length} labels`,
  );
  using bound = trainer(recipe, engine);
  const { model, trainable } = bound.plan;
  if (engine.name === "portable") warnOfSize(model.params, tell);
  await prepareTraining(bound, recipe);
  const { memory } = bound;
  const what: Checkpointed = { folder, model, trainable, memory, moments: recipe.optimizer.made.moments };
  if (options.resume) tell(`going on with ${folder}`);
  else {
    await putWeights(record.weights, recipe, bound.plan, memory, tell);
    await startRun(folder, record, data.labels);
    for (const [name, text] of Object.entries(data.kept)) {
      await writeFileWhole(`${files.reader}/${name}`, text);
    }
  }
  const from = options.resume ? await loadCheckpoint(what) : undefined;

  using interrupt = interruptible();
  const maxSteps = options["max-steps"];
  const events = trainLoop(recipe, bound, data, {
    folder,
    signal: interrupt.signal,
    onEvaluating: (done, total) => show.show("validation", done, total),
    ...(from && { from }),
    ...(maxSteps !== undefined && { maxSteps }),
  });
  for await (const event of events) {
    showEvent(event, show);
    if (event.kind === "epoch") await writeFileWhole(files.curves, curvesSvg(event.curves));
    if (event.kind === "end") {
      console.log(lastScreen(event.reason, event.metrics, folder));
      if (event.reason === "interrupted") return interrupt.exitCode;
    }
  }
  return 0;
}

/** Parameters above which the portable engine, of about 12 GFLOP/s, takes minutes a step. */
const FAR_TOO_MANY = 2e7;

function warnOfSize(
  params: readonly { readonly shape: readonly number[] }[],
  tell: (line: string) => void,
): void {
  const count = params.reduce((sum, { shape }) => sum + shape.reduce((n, d) => n * d, 1), 0);
  if (count < FAR_TOO_MANY) return;
  tell(
    `warning: ${
      (count / 1e6).toFixed(0)
    } million parameters are far too many for the portable engine: expect ` +
      "minutes a step; `deno task setup` fetches libtensorflow",
  );
}
