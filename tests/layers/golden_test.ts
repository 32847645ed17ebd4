/** Every layer with parameters against PyTorch's: output, buffers, and the gradient of everything that has one. */
import { assertEquals } from "@std/assert";
import type { Value, Values } from "../../src/base/value.ts";
import { build, type Model } from "../../src/dsl/build.ts";
import type { Layer, Node, Scope, Shape } from "../../src/dsl/node.ts";
import { openSafetensors } from "../../src/store/safetensors.ts";
import {
  batchNorm,
  bert,
  bertEncoder,
  type BertOptions,
  classifierHead,
  conv2d,
  embedding,
  fusion,
  layerNorm,
  linear,
  maxPool,
  resnet,
  selfAttention,
  swiglu,
} from "../../layers/mod.ts";
import { eachEngine } from "../engine/each.ts";
import { backwards, forwards } from "./pass.ts";

const folder = new URL("../golden/layers/", import.meta.url).pathname;

/** What `make.py` wrote of one layer: the arrays by the first part of their names. */
async function read(name: string) {
  using file = await openSafetensors(`${folder}${name}.safetensors`);
  const all: [string, Value][] = [];
  for (const key of file.entries.keys()) all.push([key, await file.read(key)]);
  const under = (prefix: string): Values =>
    Object.fromEntries(
      all.filter(([key]) => key.startsWith(`${prefix}/`)).map((
        [key, v],
      ) => [key.slice(prefix.length + 1), v]),
    );
  return { one: (key: string) => Object.fromEntries(all)[key], under };
}

/** Fails unless all numbers are near, relative to the largest expected one. */
function assertNear(found: Value, expected: Value, what: string): void {
  assertEquals(found.shape, expected.shape, what);
  const largest = (numbers: ArrayLike<number>) =>
    Array.from(numbers).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const scale = Math.max(1, largest(expected.data));
  const off = largest(Array.from(found.data, (x, i) => x - expected.data[i]));
  if (!(off <= 5e-6 * scale)) throw new Error(`${what} is off by ${off}, numbers go up to ${scale}`);
}

function assertAllNear(found: Values, expected: Values, what: string): void {
  assertEquals(Object.keys(found).sort(), Object.keys(expected).sort(), what);
  for (const name of Object.keys(expected)) assertNear(found[name], expected[name], `${what} ${name}`);
}

const anyBatch = ({ shape }: Value): Shape => ["batch", ...shape.slice(1)];

function modelOf(make: (inputs: Readonly<Record<string, Node>>, at: Scope) => Node, inputs: Values): Model {
  return build(make, Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, anyBatch(x)])));
}

const tinyBert: BertOptions = { vocabulary: 17, width: 8, layers: 2, heads: 2, hidden: 12, positions: 9 };
const only = (layer: Layer) => ({ x }: Readonly<Record<string, Node>>, at: Scope) => layer(x, at);

const cases: Readonly<Record<string, (inputs: Readonly<Record<string, Node>>, at: Scope) => Node>> = {
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
};

for (const [name, make] of Object.entries(cases)) {
  eachEngine(`${name} computes, learns and names its arrays as PyTorch does`, async (engine) => {
    const { one, under } = await read(name);
    const inputs = under("input"), weights = under("weight");
    const model = modelOf(make, inputs);
    assertEquals(model.params.map((param) => param.name).sort(), Object.keys(weights).sort());

    const evaluated = await forwards(engine, model, weights, inputs, { training: false });
    assertNear(evaluated.output, one("evaluated"), "output in evaluation");
    assertEquals(evaluated.updates, {});

    const { output, updates, gradients, inputGradients } = await backwards(
      engine,
      model,
      weights,
      inputs,
      one("towards"),
    );
    assertNear(output, one("output"), "output");
    assertAllNear(updates, under("after"), "buffer");
    assertAllNear(gradients, under("gradient"), "gradient of");
    assertAllNear(inputGradients, under("gradient_input"), "gradient of input");
  });
}

eachEngine("batchNorm follows PyTorch's running statistics over three steps", async (engine) => {
  const { one, under } = await read("batch_norm");
  const xs = one("xs"), outputs = one("outputs"), after = under("after");
  const part = (all: Value, step: number): Value => {
    const shape = all.shape.slice(1), size = all.data.length / all.shape[0];
    return { ...all, shape, data: all.data.slice(step * size, (step + 1) * size) } as Value;
  };
  const model = modelOf(only(batchNorm()), { x: part(xs, 0) });
  let arrays = under("weight");
  for (let step = 0; step < 3; step++) {
    const passed = await forwards(engine, model, arrays, { x: part(xs, step) }, { training: true });
    assertNear(passed.output, part(outputs, step), `output ${step}`);
    for (const name of Object.keys(after)) {
      assertNear(passed.updates[name], part(after[name], step), `${name} ${step}`);
    }
    arrays = { ...arrays, ...passed.updates };
  }
});

eachEngine(
  "over one token, queries and keys get gradients of exactly zero and values do not",
  async (engine) => {
    const { one, under } = await read("self_attention_1");
    const model = modelOf(cases.self_attention_1, under("input"));
    const { gradients } = await backwards(engine, model, under("weight"), under("input"), one("towards"));
    for (const name of ["in_proj_weight", "in_proj_bias"]) {
      const { data } = gradients[name];
      const third = data.length / 3;
      assertEquals(data.slice(0, 2 * third).every((x) => x === 0), true, name);
      assertEquals(data.slice(2 * third).every((x) => x !== 0), true, name);
    }
  },
);
