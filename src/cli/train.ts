/** `train`: from a recipe to a run folder. */
import { OnesheetError } from "../base/errors.ts";
import { writeFileWhole } from "../base/files.ts";
import { inSandbox } from "../base/sandbox.ts";
import { summarize } from "../dsl/summary.ts";
import { engineNames, mayUseNative } from "../engine/choose.ts";
import { fit, type FitOptions } from "../train/fit.ts";
import type { Recipe } from "../train/recipe.ts";
import { readRecord } from "../train/run.ts";
import { draftPlan } from "../train/start.ts";
import type { Command } from "./command.ts";
import { type Computed, engineOptions, openEngine } from "./engine.ts";
import { parseEvery } from "./every.ts";
import { interruptible } from "./interrupt.ts";
import { moduleDigest } from "./module_digest.ts";
import type { Parsed } from "./options.ts";
import { writeOutput } from "./output.ts";
import { demandPermission, leaveLoopback, leaveNetwork, stayOffline } from "./permissions.ts";
import { planJson, planSvg, planText, withLabelsOfData } from "./plan.ts";
import { loadRecipe, newestRun, newRunFolder, recipeOfRun, userPath, withSettings } from "./recipes.ts";
import { recorder } from "./recorder.ts";
import { bars, bestScore, eventJson, lastScreen, showEvent } from "./screen.ts";
import { jsonText, print, tell } from "./terminal.ts";
import { noteTrained } from "./trust.ts";
import { watch } from "./watch.ts";

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
    ...engineOptions,
    weights: {
      kind: "string",
      placeholder: "hub|random|FILE",
      help: "what it starts from; the recipe's pretrained weights unless given",
    },
    run: { kind: "string", placeholder: "DIR", help: "the run folder; runs/<recipe>-<time> unless given" },
    resume: {
      kind: "boolean",
      help:
        "go on with the run in --run, or with the recipe's newest, on the rows and settings it began with",
    },
    epochs: { kind: "count", placeholder: "N", help: "train this many epochs" },
    "max-steps": { kind: "count", placeholder: "N", help: "stop after this many steps, evaluate, save" },
    "checkpoint-every": {
      kind: "string",
      placeholder: "N|TIME",
      help: "save every N steps, or every 30s, 10m or 2h; 10m unless given, and at the end of every epoch",
    },
    limit: {
      kind: "count",
      least: 1,
      placeholder: "N",
      help: "use only the first N rows of each side of the split",
    },
    strict: {
      kind: "boolean",
      help: "fail where a row of the data cannot be used; it is left out, told and counted unless given",
    },
    seed: { kind: "count", placeholder: "N", help: "of weights, order, augmentation and dropout" },
    set: { kind: "string", placeholder: "path=value", repeat: true, help: "change a setting of the recipe" },
    "watch-port": {
      kind: "count",
      placeholder: "N",
      help: "show the report while it trains, on http://127.0.0.1:N/",
    },
    plan: { kind: "boolean", help: "show the model's modules and parameters; neither fetch nor train" },
    svg: { kind: "string", placeholder: "FILE", help: "with --plan: also draw the modules into FILE" },
    json: {
      kind: "boolean",
      help: "for programs: the plan, or an object a line for every epoch and the end",
    },
  },
  examples: [
    "deno task train recipes/quickstart.ts",
    "deno task train recipes/mmimdb.ts --data mmimdb/ --set batchSize=8",
    "deno task train recipes/mmimdb.ts --plan --svg runs/mmimdb.svg",
    "deno task train recipes/mmimdb.ts --resume --run runs/mmimdb-20260101-120000",
  ],
} as const satisfies Command;

type Options = Parsed<typeof trainCommand>["options"];
/** What a run keeps of its command line. */
type RunSettings = Pick<FitOptions, "from" | "data" | "limit" | "strict" | "weights" | "checkpointEvery">;

/** Named options as settings; they come after `--set` and so win. */
const settingsOf = ({ set, epochs, seed }: Options): string[] => [
  ...set,
  ...(epochs === undefined ? [] : [`epochs=${epochs}`]),
  ...(seed === undefined ? [] : [`seed=${seed}`]),
];

/** A run as `fit` takes it. */
interface Asked {
  readonly recipe: Recipe;
  readonly folder: string;
  readonly rest: RunSettings;
  /** How the run computed before. */
  readonly before?: Computed;
}

/** What a run that goes on may be told anew. */
const changeable = ({ data, strict, "checkpoint-every": every }: Options) => ({
  ...(strict && { strict }),
  ...(data !== undefined && { data: userPath(data) }),
  ...(every !== undefined && { checkpointEvery: parseEvery(every) }),
});

/** Where a run is made, as far as that matters to those who use it. */
const made = () => inSandbox() ? { sandboxed: true } : {};

async function newRun(path: string, options: Options): Promise<Asked> {
  const settings = settingsOf(options);
  const recipe = await loadRecipe(path, settings);
  const { run, limit, weights } = options;
  return {
    recipe,
    folder: run ? userPath(run) : newRunFolder(recipe.name),
    rest: {
      from: { module: userPath(path), settings, code: await moduleDigest(userPath(path)), ...made() },
      ...changeable(options),
      ...(limit !== undefined && { limit }),
      ...(weights !== undefined && { weights: /^(hub|random)$/.test(weights) ? weights : userPath(weights) }),
    },
  };
}

/** The run to go on with, its settings changed by those of now. */
async function oldRun(path: string, options: Options): Promise<Asked> {
  for (const name of ["weights", "limit"] as const) {
    if (options[name] === undefined) continue;
    throw new OnesheetError(
      `Cannot use --${name} with --resume: a run goes on with the weights and the rows that it has; start another`,
      { exitCode: 2 },
    );
  }
  const { name } = await loadRecipe(path, []);
  const folder = options.run ? userPath(options.run) : await newestRun(name);
  const record = await readRecord(folder);
  const { name: known } = record.recipe as { readonly name: string };
  if (name !== known && !record.settings?.some((setting) => setting.startsWith("name="))) {
    throw new OnesheetError(
      `Cannot resume "${folder}" with the recipe "${name}": it is a run of "${known}"; name that recipe's file`,
      { exitCode: 2 },
    );
  }
  const settings = settingsOf(options);
  const recipe = withSettings(await recipeOfRun(folder, record, path), settings);
  const module = userPath(path), code = record.code ?? await moduleDigest(module);
  const engine = engineNames.find((name) => name === record.engine);
  return {
    recipe,
    folder,
    rest: {
      from: { module, settings: [...record.settings ?? [], ...settings], code, ...made() },
      ...changeable(options),
    },
    before: { ...record.engineOptions, ...(engine && { engine }) },
  };
}

/** Runs the command; gives its exit code. */
export async function train({ positionals, options }: Parsed<typeof trainCommand>): Promise<number> {
  const { "watch-port": port } = options;
  await using page = port === undefined ? undefined : watch(port);
  leaveLoopback();
  stayOffline();
  if (options.plan) {
    const { data } = options;
    const recipe = await withLabelsOfData(
      await loadRecipe(positionals.recipe, settingsOf(options)),
      data && userPath(data),
    );
    if (options.svg !== undefined) {
      const path = userPath(options.svg);
      await writeOutput(path, () => writeFileWhole(path, planSvg(recipe)));
    }
    print(options.json ? jsonText(planJson(recipe), 2) : planText(recipe));
    return 0;
  }
  if (options.svg) throw new OnesheetError("Cannot use --svg without --plan", { exitCode: 2 });
  const { recipe, folder, rest, before } = await (options.resume ? oldRun : newRun)(
    positionals.recipe,
    options,
  );
  demandPermission("write", folder);
  const { engine, why } = await openEngine(options, before);
  tell(`${recipe.name} on ${engine.description} (${engine.name}: ${why})`);
  if (engine.name === "portable") warnOfSize(recipe, tell);

  if (page) tell(`report: ${page.address}`);

  using interrupt = interruptible();
  using record = recorder(folder, { tell, ...(page && { show: page.show }) });
  const show = bars();
  const maxSteps = options["max-steps"];
  const best = bestScore();
  const events = fit(recipe, {
    ...rest,
    engine,
    folder,
    resume: options.resume,
    signal: interrupt.signal,
    tell,
    onProgress: show.show,
    onReady: () => {
      leaveNetwork();
      noteTrained(userPath(positionals.recipe));
    },
    ...(maxSteps !== undefined && { maxSteps }),
  });
  for await (const event of events) {
    interrupt.watch();
    showEvent(event, show, best(event));
    if (options.json && event.kind !== "step") print(eventJson(event, folder));
    page?.hear(event);
    await record.hear(event);
    if (event.kind === "end") {
      if (!options.json) print(lastScreen(event.reason, event.metrics, folder));
      if (event.reason === "interrupted") return interrupt.exitCode;
    }
  }
  return 0;
}

/** Parameters above which the portable engine, of about 12 GFLOP/s, takes minutes a step. */
const FAR_TOO_MANY = 2e7;

function warnOfSize(recipe: Recipe, tell: (line: string) => void): void {
  const { model, trainable } = draftPlan(recipe);
  const { total } = summarize(model, trainable).parameters;
  if (total < FAR_TOO_MANY) return;
  const millions = (total / 1e6).toFixed(0);
  const wayOut = mayUseNative() ? "; `deno task setup` fetches libtensorflow" : "";
  tell(
    `warning: ${millions} million parameters are far too many for the portable engine: expect minutes a step${wayOut}`,
  );
}
