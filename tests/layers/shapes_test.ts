/** Every layer, on several shapes: what it computes has the shape it claims. */
import { assert, assertEquals } from "@std/assert";
import { int32, sizeOf, type Value } from "../../src/base/value.ts";
import { build } from "../../src/dsl/build.ts";
import type { Layer, Node, Scope } from "../../src/dsl/node.ts";
import * as layers from "../../layers/mod.ts";
import { eachEngine } from "../engine/each.ts";
import { firstValues, forwards, numbers } from "./pass.ts";

/** A layer on inputs of given shapes, without the batch axis. Inputs called `ids` and `mask` are integers. */
interface Case {
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly layer: (inputs: Readonly<Record<string, Node>>, at: Scope) => Node;
}

/** A layer of one input on several shapes. */
const on = (layer: Layer, ...shapes: (readonly number[])[]): Case[] =>
  shapes.map((x) => ({ inputs: { x }, layer: ({ x }, at) => layer(x, at) }));

/** A layer on a graph whose nodes are the batch; every edge comes from node 1. */
const graphCase = (layer: Layer<layers.Graph>): Case => ({
  inputs: { x: [4], mask: [3] },
  layer: ({ x, mask }, at) => layer({ x, neighbours: mask, mask }, at),
});

const vectors = [[6], [1], [4, 6], [2, 3, 6]];
const images = [[8, 8, 3], [9, 7, 2], [5, 12, 1]];
const bert = { vocabulary: 11, width: 6, layers: 2, heads: 3, positions: 9 };
const texts = [{ ids: [9], mask: [9] }, { ids: [1], mask: [1] }];
const { add, concat, linear, multiply } = layers;

const mobile: layers.EfficientNetOptions = {
  stem: 3,
  stages: [
    { expand: 1, kernel: 3, stride: 1, channels: 3, blocks: 2 },
    { expand: 2, kernel: 5, stride: 2, channels: 4, blocks: 2 },
  ],
  head: 5,
};
const litest = { ...mobile, squeeze: false, activation: "relu6", padding: "same" } as const;

const cases: Readonly<Record<string, readonly Case[]>> = {
  adaptiveMeanPool: [
    ...on(layers.adaptiveMeanPool(1, 1), ...images),
    ...on(layers.adaptiveMeanPool(3, 1), ...images, [2, 1, 4]),
  ],
  activationMapAttention: on((x, at) => layers.activationMapAttention(4)(x, at).features, ...images),
  add: [{ inputs: { a: [3, 2], b: [3, 2] }, layer: ({ a, b }) => add(a, b) }],
  attentionFusion: [{
    inputs: { a: [4], b: [2] },
    layer: ({ a, b }, at) =>
      layers.attentionFusion({ heads: 3, dropout: 0.5 })([a, b], { attention: at("a"), norm: at("b") }),
  }],
  batchNorm: on(layers.batchNorm(), ...images, ...vectors),
  bert: texts.map((inputs) => ({
    inputs,
    layer: ({ ids, mask }, at) => layers.bert(bert)({ ids, mask }, at),
  })),
  bertEmbeddings: texts.map(({ ids }) => ({
    inputs: { ids },
    layer: ({ ids }, at) => layers.bertEmbeddings(bert)(ids, at),
  })),
  bertEncoder: texts.map((inputs) => ({
    inputs,
    layer: ({ ids, mask }, at) => layers.bertEncoder({ ...bert, hidden: 5 })({ ids, mask }, at),
  })),
  bertMean: texts.map((inputs) => ({
    inputs,
    layer: ({ ids, mask }, at) => layers.bertMean(bert)({ ids, mask }, at),
  })),
  bertPooled: [{
    inputs: { tokens: [12, 6], mask: [12] },
    layer: ({ tokens, mask }, at) => layers.bertPooled(bert)({ tokens, mask }, at),
  }],
  bitransformer: [
    { image: [1, 6], ids: [9], mask: [9] },
    { image: [3, 6], ids: [2], mask: [2] },
    { image: [7, 6], ids: [10], mask: [10] },
  ].map((inputs) => ({
    inputs,
    layer: ({ image, ids, mask }, at) =>
      layers.bitransformer({ ...bert, separator: 3 })({ image, ids, mask }, at),
  })),
  centralPath: [{
    inputs: { a: [3], b: [3] },
    layer: ({ a, b }, at) => layers.centralPath([linear(3), linear(2)])([[a, b], [b, a]], at),
  }],
  classifierHead: on(layers.classifierHead(3, { ffn: layers.swiglu(4), dropout: 0.3 }), [6], [5]),
  concat: [
    { inputs: { a: [4], b: [2], c: [1] }, layer: ({ a, b, c }) => concat([a, b, c]) },
    { inputs: { a: [5, 4], b: [5, 3] }, layer: ({ a, b }) => concat([a, b]) },
    { inputs: { a: [5, 4] }, layer: ({ a }) => concat([a]) },
  ],
  conv2d: [
    ...on(layers.conv2d(4, 1), ...images),
    ...on(layers.conv2d(4, 3, { stride: 2, padding: 1 }), ...images),
    ...on(layers.conv2d(2, 5, { padding: 2 }), ...images),
    ...on(layers.conv2d(2, 5), [5, 5, 1], [6, 5, 3]),
    ...on(layers.conv2d(2, 7, { stride: 2, padding: 3 }), [1, 1, 3], [8, 9, 3]),
    ...on(layers.conv2d(3, 2, { stride: 3 }), [8, 8, 2], [2, 3, 2]),
    ...on(layers.conv2d(3, 5, { stride: 2, padding: "same", bias: layers.zeros }), ...images, [1, 2, 3]),
  ],
  depthwiseConv2d: [
    ...on(layers.depthwiseConv2d(3, { padding: 1 }), ...images),
    ...on(layers.depthwiseConv2d(5, { stride: 2, padding: 2, bias: layers.zeros }), ...images, [1, 1, 3]),
    ...on(layers.depthwiseConv2d(3, { stride: 2, padding: "same" }), ...images, [1, 2, 3]),
  ],
  cosineDistance: [{
    inputs: { a: [3], b: [3] },
    layer: ({ a, b }, at) => layers.cosineDistance([a, b], at),
  }],
  dropout: [...on(layers.dropout(0.5), ...vectors), ...on(layers.dropout(0), [3])],
  efficientNet: [
    ...on(layers.efficientNet(mobile), ...images),
    ...on(layers.efficientNet(litest), ...images),
  ],
  efficientNetLogits: on(layers.efficientNetLogits(litest, 5), ...images),
  efficientNetMap: [
    ...on(layers.efficientNetMap(mobile), ...images),
    ...on(layers.efficientNetMap(litest), ...images),
  ],
  elu: on(layers.elu, ...vectors),
  embedding: [[4], [2, 3], []].map((ids) => ({
    inputs: { ids },
    layer: ({ ids }, at) => layers.embedding(11, 5, { paddingIndex: 0 })(ids, at),
  })),
  firstToken: on(layers.firstToken, [4, 6], [1, 6], [3, 2, 5], [4]),
  flatten: on(layers.flatten, ...images),
  fusion: [{ inputs: { a: [4], b: [2] }, layer: ({ a, b }, at) => layers.fusion({ heads: 2 })([a, b], at) }],
  gat: [
    graphCase(layers.gat(2, { heads: 3, dropout: 0.5, residual: true })),
    graphCase(layers.gat(2, { join: "mean" })),
  ],
  gatLayers: [graphCase(layers.gatLayers({ layers: 3, heads: 2, size: 3, dropout: 0.5 }))],
  gcn: [graphCase(layers.gcn(3))],
  gatedUnit: [{ inputs: { a: [4], b: [2] }, layer: ({ a, b }, at) => layers.gatedUnit(3)([a, b], at) }],
  gelu: on(layers.gelu, ...vectors),
  imageTokens: [
    ...on(layers.imageTokens(1), ...images),
    ...on(layers.imageTokens(3), ...images, [7, 7, 2], [2, 1, 3]),
    ...on(layers.imageTokens(6), [7, 7, 2]),
  ],
  layerNorm: on(layers.layerNorm(), ...vectors),
  leakyRelu: on(layers.leakyRelu(0.1), ...vectors),
  linear: [...on(linear(5), ...vectors), ...on(linear(1, { bias: false }), ...vectors)],
  maxout: [...on(layers.maxout(4), ...vectors), ...on(layers.maxout(1, { pieces: 5 }), [3])],
  maxPool: [
    ...on(layers.maxPool(2), ...images),
    ...on(layers.maxPool(3, { stride: 2, padding: 1 }), ...images, [1, 1, 2]),
    ...on(layers.maxPool(3, { stride: 1 }), ...images),
  ],
  meanPool: on(layers.meanPool(), ...images),
  meanTokens: [{
    inputs: { tokens: [4, 3], mask: [4] },
    layer: ({ tokens, mask }, at) => layers.meanTokens()({ tokens, mask }, at),
  }],
  modalityHeads: [{
    inputs: { a: [4], b: [3] },
    layer: ({ a, b }, at) => {
      const { a: head } = layers.modalityHeads(2)({ a, b }, at);
      return "logits" in head ? head.logits : head.value;
    },
  }],
  multiply: [{ inputs: { a: [3, 2], b: [3, 2] }, layer: ({ a, b }) => multiply(a, b) }],
  reconstruction: [{
    inputs: { a: [4], b: [2] },
    layer: ({ a, b }, at) => layers.reconstruction(3)({ fused: a, modality: b }, at),
  }],
  relu: on(layers.relu, ...vectors),
  relu6: on(layers.relu6, ...vectors),
  resnet: [
    ...on(layers.resnet({ blocks: [1, 1, 1, 1], width: 2 }), [32, 32, 3], [33, 47, 1], [1, 1, 3]),
    ...on(layers.resnet({ blocks: [2, 3], width: 3 }), [16, 16, 3]),
    ...on(layers.resnet({ blocks: [1, 2], block: "basic", width: 3 }), [16, 16, 3]),
  ],
  resnetMap: [
    ...on(layers.resnetMap({ blocks: [1, 1, 1, 1], width: 2 }), [33, 47, 1], [1, 1, 3]),
    ...on(layers.resnetMap({ blocks: [2, 1], block: "basic", width: 3 }), [16, 16, 3]),
  ],
  sage: [graphCase(layers.sage(3))],
  selfAttention: [
    ...on(layers.selfAttention({ heads: 2, dropout: 0.1 }), [1, 6], [7, 6], [3, 2]),
    ...on(layers.selfAttention({ heads: 1 }), [2, 5]),
  ],
  sequential: on(layers.sequential([linear(4), layers.relu, linear(2)]), [6], [3, 6]),
  shared: [{
    inputs: { x: [6] },
    layer: ({ x }, at) => layers.shared(at("home"), linear(3))(x, at("again")),
  }],
  sigmoid: on(layers.sigmoid, ...vectors),
  silu: on(layers.silu, ...vectors),
  squeezeExcitation: on(layers.squeezeExcitation(2), ...images),
  stochasticDepth: [...on(layers.stochasticDepth(0.5), ...vectors), ...on(layers.stochasticDepth(0), [3])],
  swiglu: [...on(layers.swiglu(4), ...vectors), ...on(layers.swiglu(4, { expansion: 1.5 }), [3])],
  takeRows: [{ inputs: { x: [4], mask: [3] }, layer: ({ x, mask }) => layers.takeRows(x, mask) }],
  tanh: on(layers.tanh, ...vectors),
  unsqueeze: on(layers.unsqueeze, [6], [3, 6]),
  vgg: on(layers.vgg({ blocks: [1, 2], width: 2, grid: 2, hidden: 3 }), [8, 8, 3], [5, 12, 1]),
  vggMap: on(layers.vggMap({ blocks: [1, 2], width: 2 }), [8, 8, 3], [5, 12, 1]),
  weightedSum: [{
    inputs: { a: [3, 2], b: [3, 2] },
    layer: ({ a, b }, at) => layers.weightedSum([a, b], at),
  }],
};

/** Not layers but first values and sizes; and a layer that is another one in a size too large for here. */
const others = [
  ...[
    "kaimingNormal",
    "kaimingUniform",
    "normal",
    "ones",
    "uniform",
    "withZeroRow",
    "xavierUniform",
    "zeros",
  ],
  ...["efficientNetSizes", "resnetSizes", "vggSizes"],
  "resnet50",
];

Deno.test("every exported layer has a case here", () => {
  assertEquals([...Object.keys(cases), ...others].sort(), Object.keys(layers).sort());
});

function valueOf(name: string, shape: readonly number[]): Value {
  if (name === "ids") return int32(shape, Array.from({ length: sizeOf(shape) }, (_, i) => i % 11));
  if (name === "mask") return int32(shape, Array.from({ length: sizeOf(shape) }, () => 1));
  return numbers(name, shape);
}

for (const [name, list] of Object.entries(cases)) {
  eachEngine(`${name} computes what has the shape it claims`, async (engine) => {
    for (const { inputs, layer } of list) {
      const each = Object.entries(inputs);
      const model = build(layer, Object.fromEntries(each.map(([name, rest]) => [name, ["batch", ...rest]])));
      const arrays = firstValues(model, 0);
      for (const [batch, options] of [[2, { training: false }], [3, { training: true, seed: 1 }]] as const) {
        const given = Object.fromEntries(each.map(([name, rest]) => [name, valueOf(name, [batch, ...rest])]));
        const { output } = await forwards(engine, model, arrays, given, options);
        const claimed = model.output.shape.map((d) => typeof d === "string" ? batch : d);
        assertEquals(output.shape, claimed, `${name} on ${JSON.stringify(inputs)}`);
        assert(output.data.every(Number.isFinite), `${name} on ${JSON.stringify(inputs)}: not finite`);
      }
    }
  });
}
