/** Our layers against PyTorch's (tests/golden/layers): output, buffers, and the gradient of everything that has one. */
import { fileURLToPath } from "node:url";
import type { Value, Values } from "../../src/base/value.ts";
import { build, type Model } from "../../src/dsl/build.ts";
import type { Layer, Node, Scope, Shape } from "../../src/dsl/node.ts";
import { openSafetensors } from "../../src/store/safetensors.ts";
import type { Rename } from "../../src/store/rename.ts";
import type { Engine } from "../../src/tensor.ts";
import {
  activationMapAttention,
  batchNorm,
  bert,
  bertEncoder,
  type BertOptions,
  bitransformer,
  centralPath,
  classifierHead,
  concat,
  conv2d,
  embedding,
  fusion,
  gatedUnit,
  imageTokens,
  layerNorm,
  linear,
  maxout,
  maxPool,
  reconstruction,
  resnet,
  selfAttention,
  swiglu,
} from "../../layers/mod.ts";
import { backwards, forwards } from "./pass.ts";

const goldens = fileURLToPath(new URL("../golden/layers", import.meta.url));

/** What `make.py` wrote of one layer: the arrays by the first part of their names, by the model's names behind it. */
export async function readLayer(
  name: string,
  folder = goldens,
  rename: Rename = (name) => name,
) {
  using file = await openSafetensors(`${folder}/${name}.safetensors`);
  const all: [string, Value][] = [];
  for (const key of file.entries.keys()) all.push([key, await file.read(key)]);
  const under = (prefix: string): Values =>
    Object.fromEntries(
      all.filter(([key]) => key.startsWith(`${prefix}/`)).map((
        [key, v],
      ) => [rename(key.slice(prefix.length + 1)), v]),
    );
  return { one: (key: string) => Object.fromEntries(all)[key], under };
}

/** The largest difference, relative to the largest expected number where that is above 1; of another shape infinite. */
export function off(found: Value | undefined, expected: Value): number {
  if (found === undefined || `${found.shape}` !== `${expected.shape}`) return Infinity;
  const largest = (numbers: ArrayLike<number>) =>
    Array.from(numbers).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return largest(Array.from(found.data, (x, i) => x - expected.data[i])) /
    Math.max(1, largest(expected.data));
}

const anyBatch = ({ shape }: Value): Shape => ["batch", ...shape.slice(1)];

/** The layer as a model on inputs of these shapes. */
export function modelOf(
  make: (inputs: Readonly<Record<string, Node>>, at: Scope) => Node,
  inputs: Values,
): Model {
  return build(make, Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, anyBatch(x)])));
}

/** A BERT of the golden files. */
export const tinyBert: BertOptions = {
  vocabulary: 17,
  width: 8,
  layers: 2,
  heads: 2,
  hidden: 12,
  positions: 9,
};
/** A layer of the input `x`. */
export const only = (layer: Layer) => ({ x }: Readonly<Record<string, Node>>, at: Scope) => layer(x, at);

/** Each layer that has a golden file, by the file's name. */
export const cases: Readonly<Record<string, (inputs: Readonly<Record<string, Node>>, at: Scope) => Node>> = {
  linear: only(linear(4)),
  conv2d: only(conv2d(4, 3, { stride: 2, padding: 1 })),
  layer_norm: only(layerNorm()),
  max_pool: only(maxPool(3, { stride: 2, padding: 1 })),
  embedding: only(embedding(7, 4, { paddingIndex: 0 })),
  swiglu: only(swiglu(5)),
  self_attention_1: only(selfAttention({ heads: 3 })),
  self_attention_2: only(selfAttention({ heads: 3 })),
  self_attention_7: only(selfAttention({ heads: 3 })),
  attention_fusion: ({ a, b }, at) => fusion({ heads: 4 })([a, b], at),
  classifier_head: only(classifierHead(5, { ffn: swiglu(6), dropout: 0.3 })),
  batch_norm_once: only(batchNorm()),
  resnet: only(resnet({ blocks: [2, 1], width: 4 })),
  bert: ({ ids, mask }, at) => bert(tinyBert)({ ids, mask }, at),
  bert_encoder: ({ ids, mask }, at) => bertEncoder(tinyBert)({ ids, mask }, at),
  gated_unit: ({ a, b }, at) => gatedUnit(4)([a, b], at),
  maxout: only(maxout(4, { pieces: 3 })),
  central_path: ({ a, b, c, d }, at) => centralPath([linear(4), linear(3)])([[a, b], [c, d]], at),
  reconstruction: ({ a, b }, at) => reconstruction(7)({ fused: a, modality: b }, at),
  activation_map_attention: ({ x }, at) => {
    const { features, logits } = activationMapAttention(3)(x, at);
    return concat([features, logits]);
  },
  image_tokens_1: only(imageTokens(1)),
  image_tokens_3: only(imageTokens(3)),
  image_tokens_4: only(imageTokens(4)),
  bitransformer: ({ image, ids, mask }, at) =>
    bitransformer({ ...tinyBert, separator: 4 })({ image, ids, mask }, at),
};

/** What differs by how much. */
export type Differences = readonly (readonly [what: string, difference: number])[];

/** {@link differencesOf} one of the cases here. */
export const layerDifferences = (engine: Engine, name: string, folder = goldens): Promise<Differences> =>
  differencesOf(engine, cases[name], name, folder);

/** Runs a layer in evaluation, forwards in training and backwards; gives what differs by how much. */
export async function differencesOf(
  engine: Engine,
  make: (inputs: Readonly<Record<string, Node>>, at: Scope) => Node,
  name: string,
  folder: string,
  rename?: Rename,
): Promise<Differences> {
  const { one, under } = await readLayer(name, folder, rename);
  const inputs = under("input"), weights = under("weight");
  const model = modelOf(make, inputs);
  const named = (what: string, found: Values, expected: Values) => {
    const names = new Set([...Object.keys(found), ...Object.keys(expected)]);
    return [...names].map((each) =>
      [`${what} ${each}`, expected[each] === undefined ? Infinity : off(found[each], expected[each])] as const
    );
  };
  const evaluated = await forwards(engine, model, weights, inputs, { training: false });
  const { output, updates, gradients, inputGradients } = await backwards(
    engine,
    model,
    weights,
    inputs,
    one("towards"),
  );
  return [
    ["output in evaluation", off(evaluated.output, one("evaluated"))],
    ...named("buffer in evaluation", evaluated.updates, {}),
    ["output", off(output, one("output"))],
    ...named("buffer", updates, under("after")),
    ...named("gradient of", gradients, under("gradient")),
    ...named("gradient of input", inputGradients, under("gradient_input")),
  ];
}
