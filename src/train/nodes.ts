/** What a model is given for all rows at once: the data's constants, and features of every row that a tower computes. */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { ahead } from "../base/ahead.ts";
import { cacheFolder, inCache } from "../base/cache.ts";
import { float32, type Value } from "../base/value.ts";
import { readPacked, writePacked } from "../data/packed.ts";

import type { Dataset, OpenOptions, Rows } from "../data/source.ts";
import type { Model } from "../dsl/build.ts";
import type { Engine, Memory } from "../tensor.ts";
import type { Recipe } from "./recipe.ts";
import { batches } from "./sampler.ts";
import type { Plan } from "./start.ts";
import { predictionStep } from "./step.ts";
import { putWeights, type WeightsListener } from "./weights.ts";

/** Goes up whenever the same tower computes something else. */
const FORMAT = 1;

/** Rows that the tower sees at once. */
const AT_ONCE = 16;

/** Everything that features depend on: the data and how it is made ready, the tower, and its weights. */
async function keyOf(
  tower: Model,
  memory: Memory,
  { key, nodes = [] }: Dataset,
  engine: Engine,
) {
  const hash = createHash("sha256");
  const layers = tower.nodes.map(({ path, shape }) => [path, shape]);
  hash.update(JSON.stringify([FORMAT, key, layers, engine.options]));
  for (const { ids } of nodes) hash.update(new Uint8Array(Int32Array.from(ids).buffer));
  for (const { name } of tower.params) {
    const { data } = await memory.get(name);
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex").slice(0, 32);
}

/** The tower's output for the nodes. */
async function compute(
  tower: Model,
  memory: Memory,
  nodes: readonly Rows[],
  onProgress: OpenOptions["onProgress"],
): Promise<Float32Array> {
  const width = tower.output.shape[1] as number;
  const total = nodes.reduce((sum, { size }) => sum + size, 0);
  const features = new Float32Array(total * width);
  const step = memory.compile(predictionStep(tower));
  let done = 0;
  for (const rows of nodes) {
    const parts = batches(Int32Array.from({ length: rows.size }, (_, i) => i), AT_ONCE, { dropLast: false });
    for await (const { inputs } of ahead(parts, 2, (positions) => rows.batch(positions))) {
      const seen = Object.fromEntries(tower.reads.map((name) => [name, inputs[name]]));
      const { logits } = await step.run(seen);
      features.set(logits.data, done * width);
      done += logits.data.length / width;
      onProgress?.("features of the nodes", done, total);
    }
  }
  return features;
}

/** What {@link putConstants} needs beside the recipe. */
export interface ConstantsOptions extends WeightsListener {
  readonly engine: Engine;
  /** How the data was opened. */
  readonly open: OpenOptions;
  /** What the run started from: a tower's weights are its own unless this is `random`. */
  readonly weights: string;
}

/** Features of the nodes, from the cache where the same tower has seen the same rows. */
async function features(
  recipe: Recipe,
  tower: Model,
  dataset: Dataset,
  { engine, open, weights, ...listener }: ConstantsOptions,
): Promise<Value> {
  using memory = engine.memory();
  const own = { ...recipe, weights: recipe.nodes!.weights };
  await putWeights(weights === "random" ? "random" : "hub", own, { model: tower }, memory, listener);
  const width = tower.output.shape[1] as number;
  const found = (data: Float32Array): Value => float32([data.length / width, width], data);
  const path = dataset.key === undefined
    ? undefined
    : join(cacheFolder(), "nodes", `${await keyOf(tower, memory, dataset, engine)}.features`);
  const known = path && await readPacked<null, { features: Float32Array }>(path);
  if (known) return found(known.arrays.features);
  await using again = await recipe.data.made.open({ ...open, inputs: tower.reads });
  const computed = await compute(tower, memory, again.nodes ?? [], open.onProgress);
  if (path !== undefined) {
    const packed = { about: null, arrays: { features: computed } };
    await inCache("the features of the nodes", dirname(path), () => writePacked(path, packed));
  }
  return found(computed);
}

/** Puts what stays the same for all rows into the memory, under the names of the model's inputs. */
export async function putConstants(
  recipe: Recipe,
  { tower }: Plan,
  memory: Pick<Memory, "put">,
  dataset: Dataset,
  options: ConstantsOptions,
): Promise<void> {
  const nodes = tower && { nodes: await features(recipe, tower, dataset, options) };
  for (const [name, value] of Object.entries({ ...dataset.constants, ...nodes })) {
    await memory.put(name, value);
  }
}
