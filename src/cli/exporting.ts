/** The files of each form that `export` writes. */
import { dirname, join } from "node:path";
import { messageOf, OnesheetError } from "../base/errors.ts";
import { withTemporary, writeFileWhole } from "../base/files.ts";
import { version } from "../base/version.ts";
import { summarize } from "../dsl/summary.ts";
import { chooseEngine } from "../engine/choose.ts";
import { modelCard } from "../report/model_card.ts";
import { published } from "../report/published.ts";
import { graphModel } from "../store/graph_model.ts";
import { loadInto } from "../store/load.ts";
import { savedModel } from "../store/saved_model.ts";
import { type Frozen, tf } from "../tensor.ts";
import { loadTokenizer } from "../data/tokens.ts";
import { openBest } from "../train/best.ts";
import { withRunLabels } from "../train/labels.ts";
import { demandTables } from "../train/lookups.ts";
import { readLabels, readMetrics, runFiles } from "../train/run.ts";
import { type Plan, plan } from "../train/start.ts";
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
async function config(run: LoadedRun): Promise<Record<string, unknown>> {
  const labels = await readLabels(run.folder);
  return {
    model_type: "onesheet",
    onesheet: version,
    id2label: Object.fromEntries(labels.map((label, id) => [id, label])),
    label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
    inputs: run.recipe.data.made.inputs,
    recipe: published(run.record.recipe),
  };
}

/** The run's best model for `batch` rows, as a graph from its inputs to `logits` and `probabilities`. */
async function frozen({ folder, recipe }: LoadedRun, batch: number): Promise<Frozen> {
  const { model } = await planOf({ folder, recipe });
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
  const inputs = Object.entries(recipe.data.made.inputs).filter(([name]) => model.reads.includes(name))
    .map(([name, { shape, dtype }]) => [name, { dtype, shape: [batch, ...shape] }] as const);
  const predict = predictionStep(model);
  return await memory.freeze!((state, inputs) => {
    const { outputs: { logits } } = predict(state, inputs);
    return { outputs: { logits, probabilities: tf.sigmoid(logits) } };
  }, Object.fromEntries(inputs));
}

/** A folder that TensorFlow loads. */
export const savedModelFiles = async (run: LoadedRun, batch: number): Promise<Files> => ({
  ...await kept(run),
  "config.json": json(await config(run)),
  "saved_model.pb": savedModel(await frozen(run, batch)),
});

/** A folder that TensorFlow.js loads. */
export async function graphModelFiles(run: LoadedRun, batch: number): Promise<Files> {
  const { model, weights } = graphModel(await frozen(run, batch));
  return {
    ...await kept(run),
    "config.json": json(await config(run)),
    "weights.bin": weights,
    "model.json": JSON.stringify(model),
  };
}

/** A folder as the Hugging Face hub has them. */
export async function hubFiles(run: LoadedRun): Promise<Files> {
  const { folder, record, recipe } = run;
  const { model, trainable } = await planOf(run);
  using file = await openBest(folder);
  await loadInto({ put: () => Promise.resolve() }, model, file, { strict: true });
  const settings = published(record.recipe) as { readonly data: { readonly name: string } };
  const best = (await readMetrics(folder)).findLast((row) => row.best);
  const card = modelCard({
    name: recipe.name,
    version: record.onesheet,
    settings,
    data: settings.data,
    inputs: recipe.data.made.inputs,
    parameters: summarize(model, trainable).parameters,
    weights: record.weights,
    engine: record.engine,
    ...(best && { best }),
  });
  return {
    ...await kept(run),
    "config.json": json(await config(run)),
    "model.safetensors": { copyOf: runFiles(folder).best },
    "README.md": card,
  };
}
