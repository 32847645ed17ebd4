/** The files of each form that `export` writes. */
import { dirname, join } from "node:path";
import { messageOf, OnesheetError } from "../base/errors.ts";
import { withTemporary, writeFileWhole } from "../base/files.ts";
import { version } from "../base/version.ts";
import { summarize } from "../dsl/summary.ts";
import { chooseEngine } from "../engine/choose.ts";
import { imageProcessorConfig, type Prepared, tokenizerConfigOf } from "../report/hub_config.ts";
import { cardData, type DataSettings } from "../report/card_data.ts";
import { modelCard } from "../report/model_card.ts";
import { published } from "../report/published.ts";
import { graphModel } from "../store/graph_model.ts";
import { loadInto } from "../store/load.ts";
import { savedModel } from "../store/saved_model.ts";
import { type Frozen, tf } from "../tensor.ts";
import { isRepoName } from "../data/hub/topic.ts";
import { loadTokenizer, specialTokensOf } from "../data/tokens.ts";
import { openBest } from "../train/best.ts";
import { withRunLabels } from "../train/labels.ts";
import { demandTables } from "../train/lookups.ts";
import { readLabels, readMetrics, runFiles } from "../train/run.ts";
import { inputsRead, type Plan, plan } from "../train/start.ts";
import type { Recipe } from "../train/recipe.ts";
import { predictionStep } from "../train/step.ts";
import type { LoadedRun } from "./recipes.ts";

/** A file by its path in the folder: its content, or the file it is a copy of. */
export type Files = Readonly<Record<string, string | Uint8Array | { readonly copyOf: string }>>;

/** Writes files into a folder that is made; it is there with all of them, or not at all. */
export async function writeFiles(folder: string, files: Files): Promise<void> {
  await Deno.mkdir(dirname(folder), { recursive: true });
  await withTemporary(folder, async (temporary) => {
    await Deno.mkdir(temporary);
    for (const [name, content] of Object.entries(files)) {
      const path = join(temporary, name);
      if (typeof content === "string" || content instanceof Uint8Array) await writeFileWhole(path, content);
      else await Deno.copyFile(content.copyOf, path);
    }
    await Deno.rename(temporary, folder);
  }).catch((cause) => {
    throw new OnesheetError(`Cannot export to "${folder}": ${messageOf(cause)}; nothing was written`, {
      cause,
    });
  });
}

const json = (value: unknown): string => JSON.stringify(value, null, 2) + "\n";

/** The model of a run, whose vocabulary it must have rows for. */
async function planOf({ folder, recipe }: Pick<LoadedRun, "folder" | "recipe">): Promise<Plan> {
  const { reader } = runFiles(folder), tokenizer = await loadTokenizer(reader);
  const planned = plan(await withRunLabels(recipe, folder));
  demandTables(planned, tokenizer && { ids: tokenizer.size }, `"${reader}"`);
  return planned;
}

/** What a run kept to read examples, beside the model. */
async function kept({ folder }: LoadedRun): Promise<Files> {
  const { reader } = runFiles(folder);
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(reader)) if (isFile) names.push(name);
  return Object.fromEntries(names.sort().map((name) => [name, { copyOf: join(reader, name) }]));
}

/** Labels in the order of the outputs, and how inputs are prepared. */
async function config(
  { folder, recipe, record }: LoadedRun,
  planned: Plan,
): Promise<Record<string, unknown>> {
  const labels = await readLabels(folder);
  return {
    model_type: "onesheet",
    onesheet: version,
    id2label: Object.fromEntries(labels.map((label, id) => [id, label])),
    label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
    inputs: inputsRead(planned, recipe.data.made.inputs),
    recipe: published(record.recipe),
  };
}

/** The run's best model for `batch` rows, as a graph from its inputs to `logits` and `probabilities`. */
async function frozen({ folder, recipe }: LoadedRun, planned: Plan, batch: number): Promise<Frozen> {
  const { model } = planned;
  if (recipe.data.made.constants !== undefined) {
    throw new OnesheetError(
      `Cannot export "${recipe.name}" as a graph of one batch: its model looks at all rows of the data at once, which ` +
        "a run does not keep; export --to safetensors",
    );
  }
  using file = await openBest(folder);
  const { engine } = await chooseEngine("tensorflow");
  using memory = engine.memory();
  await loadInto(memory, model, file, { strict: true });
  const inputs = Object.entries(inputsRead(planned, recipe.data.made.inputs))
    .map(([name, { shape, dtype }]) => [name, { dtype, shape: [batch, ...shape] }] as const);
  const predict = predictionStep(model);
  return await memory.freeze!((state, inputs) => {
    const { outputs: { logits } } = predict(state, inputs);
    return { outputs: { logits, probabilities: tf.sigmoid(logits) } };
  }, Object.fromEntries(inputs));
}

/** What a run kept, and `config.json`. */
const beside = async (run: LoadedRun, planned: Plan): Promise<Files> => ({
  ...await kept(run),
  "config.json": json(await config(run, planned)),
});

/** A folder that TensorFlow loads. */
export async function savedModelFiles(run: LoadedRun, batch: number): Promise<Files> {
  const planned = await planOf(run);
  return {
    ...await beside(run, planned),
    "saved_model.pb": savedModel(await frozen(run, planned, batch)),
  };
}

/** A folder that TensorFlow.js loads. */
export async function graphModelFiles(run: LoadedRun, batch: number): Promise<Files> {
  const planned = await planOf(run), { model, weights } = graphModel(await frozen(run, planned, batch));
  return {
    ...await beside(run, planned),
    "weights.bin": weights,
    "model.json": JSON.stringify(model),
  };
}

type Inputs = ReturnType<typeof inputsRead>;

/** The repositories of the hub that a recipe's weights are from. */
const hubRepos = ({ weights, nodes }: Recipe): string[] => [
  ...new Set(
    [...weights, ...nodes?.weights ?? []].map(({ repo }) => repo).filter((repo) =>
      repo.includes("/") && isRepoName(repo)
    ),
  ),
];

/** How transformers prepares what the model reads, as far as the settings say so. */
async function processors({ folder }: LoadedRun, data: Prepared, inputs: Inputs): Promise<Files> {
  const tokenizer = await loadTokenizer(runFiles(folder).reader);
  const image = Object.hasOwn(inputs, "image") ? imageProcessorConfig(data) : undefined;
  const text = Object.hasOwn(inputs, "ids") && tokenizer
    ? tokenizerConfigOf(specialTokensOf(tokenizer), data)
    : undefined;
  return {
    ...image !== undefined && { "preprocessor_config.json": json(image) },
    ...text !== undefined && { "tokenizer_config.json": json(text) },
  };
}

/** A folder as the Hugging Face hub has them, under a license by the hub's name for it. */
export async function hubFiles(run: LoadedRun, license: string): Promise<Files> {
  const { folder, record, recipe } = run, planned = await planOf(run), { model, trainable } = planned;
  using file = await openBest(folder);
  await loadInto({ put: () => Promise.resolve() }, model, file, { strict: true });
  const settings = published(record.recipe) as { readonly data: DataSettings & Prepared };
  const inputs = inputsRead(planned, recipe.data.made.inputs);
  const best = (await readMetrics(folder)).findLast((row) => row.best);
  const files: Files = {
    ...await beside(run, planned),
    ...await processors(run, settings.data, inputs),
    "model.safetensors": { copyOf: runFiles(folder).best },
  };
  const card = modelCard({
    ...{ name: recipe.name, version: record.onesheet, settings, license, inputs, files: Object.keys(files) },
    data: cardData(settings.data, record.data),
    parameters: summarize(model, trainable).parameters,
    weights: record.weights,
    pretrained: record.weights === "hub" ? hubRepos(recipe) : [],
    engine: record.engine,
    ...(best && { best }),
  });
  return { ...files, "README.md": card };
}
