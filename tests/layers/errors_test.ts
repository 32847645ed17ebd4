/** What a layer refuses when the model is built: the sentence names the layer's path. */
import { assertEquals, assertThrows } from "@std/assert";
import { build } from "../../src/dsl/build.ts";
import type { Layer, Node, Scope, Shape } from "../../src/dsl/node.ts";
import { ShapeError } from "../../src/dsl/shape.ts";
import * as layers from "../../layers/mod.ts";

const { add, concat, multiply } = layers;

/** A test's work: the sentence with which building a model is refused. */
const refused = (
  inputs: Readonly<Record<string, Shape>>,
  model: (inputs: Readonly<Record<string, Node>>, at: Scope) => Node,
) =>
(): string => assertThrows(() => build(model, inputs), ShapeError).message;

/** The same for one layer, called `layer`, on an input of a shape. */
const refusedOn = (shape: Shape, layer: Layer) =>
  refused({ x: shape }, ({ x }, at) => layer(x, at("tower")("layer")));

const cases: Readonly<Record<string, readonly [refused: () => string, expected: string]>> = {
  "linear and what is made of it, on a vector without features": [
    refused({ x: ["batch"] }, ({ x }, at) => layers.swiglu(3)(x, at("projection"))),
    'Cannot build "projection": expected an input whose last axis has a known size, found [batch]',
  ],
  "linear to a broken number of features": [
    refusedOn(["batch", 16], layers.linear(16 / 3)),
    `Cannot build "tower.layer.weight": expected whole sizes of at least 1, found [${16 / 3}, 16]`,
  ],
  "swiglu whose hidden width is none": [
    refusedOn(["batch", 2], layers.swiglu(3, { expansion: 0.4 })),
    'Cannot build "tower.layer.w1_gate.weight": expected whole sizes of at least 1, found [0, 2]',
  ],
  "layerNorm of a number": [
    refusedOn([], layers.layerNorm()),
    'Cannot build "tower.layer": expected an input whose last axis has a known size, found []',
  ],
  "batchNorm of numbers without features": [
    refusedOn(["batch"], layers.batchNorm()),
    'Cannot build "tower.layer": expected an input whose last axis has a known size, found [batch]',
  ],
  "meanPool on vectors": [
    refusedOn(["batch", 8], layers.meanPool()),
    'Cannot build "tower.layer": expected an input of shape [batch, height, width, channels], found [batch, 8]',
  ],
  "conv2d on a text": [
    refusedOn(["batch", 12, 8], layers.conv2d(4, 3)),
    'Cannot build "tower.layer": expected an input of shape [batch, height, width, channels], found [batch, 12, 8]',
  ],
  "conv2d on a small image": [
    refusedOn(["batch", 5, 4, 3], layers.conv2d(4, 5)),
    'Cannot build "tower.layer": expected an image of at least 5 x 5, found 5 x 4',
  ],
  "conv2d on an image that is small in spite of its padding": [
    refusedOn(["batch", 4, 9, 3], layers.conv2d(4, 7, { padding: 1 })),
    'Cannot build "tower.layer": expected an image of at least 5 x 5, found 4 x 9',
  ],
  "maxPool on a small image": [
    refusedOn(["batch", 2, 1, 3], layers.maxPool(2)),
    'Cannot build "tower.layer": expected an image of at least 2 x 2, found 2 x 1',
  ],
  "maxPool of windows in the padding alone": [
    refusedOn(["batch", 4, 4, 3], layers.maxPool(2, { padding: 2 })),
    'Cannot build "tower.layer": expected a padding below the window\'s size of 2, found 2',
  ],
  "conv2d that does not move": [
    refusedOn(["batch", 4, 4, 3], layers.conv2d(4, 2, { stride: 0 })),
    'Cannot build "tower.layer": expected a stride of at least 1, a whole number, found 0',
  ],
  "conv2d with half a stride, whatever its padding": [
    refusedOn(["batch", 4, 4, 3], layers.conv2d(4, 2, { stride: 0.5, padding: "same" })),
    'Cannot build "tower.layer": expected a stride of at least 1, a whole number, found 0.5',
  ],
  "depthwiseConv2d with a negative padding": [
    refusedOn(["batch", 4, 4, 3], layers.depthwiseConv2d(3, { padding: -1 })),
    'Cannot build "tower.layer": expected a padding of at least 0, a whole number, or "same", found -1',
  ],
  "maxPool of no window": [
    refusedOn(["batch", 4, 4, 3], layers.maxPool(0, { stride: 1 })),
    'Cannot build "tower.layer": expected a window of at least 1 x 1, found the size 0',
  ],
  "adaptiveMeanPool to no rows": [
    refusedOn(["batch", 4, 4, 3], layers.adaptiveMeanPool(0, 2)),
    'Cannot build "tower.layer": expected rows to be a whole number of at least 1, found 0',
  ],
  "dropout with a rate of 1": [
    refusedOn(["batch", 8], layers.dropout(1)),
    'Cannot build "tower.layer": expected a dropout rate in [0, 1), found 1',
  ],
  "selfAttention with a negative rate": [
    refusedOn(["batch", 2, 8], layers.selfAttention({ heads: 2, dropout: -0.1 })),
    'Cannot build "tower.layer": expected a dropout rate in [0, 1), found -0.1',
  ],
  "selfAttention whose heads do not divide the features": [
    refusedOn(["batch", 2, 10], layers.selfAttention({ heads: 4 })),
    'Cannot build "tower.layer": expected features that divide into 4 heads, found 10',
  ],
  "selfAttention with a negative number of heads": [
    refusedOn(["batch", 2, 8], layers.selfAttention({ heads: -2 })),
    'Cannot build "tower.layer": expected heads to be a whole number of at least 1, found -2',
  ],
  "batchNorm with a negative epsilon": [
    refusedOn(["batch", 8], layers.batchNorm({ epsilon: -1e-5 })),
    'Cannot build "tower.layer": expected epsilon of at least 0, found -0.00001',
  ],
  "batchNorm with a momentum above 1": [
    refusedOn(["batch", 8], layers.batchNorm({ momentum: 1.1 })),
    'Cannot build "tower.layer": expected momentum in [0, 1], found 1.1',
  ],
  "layerNorm with an epsilon that is no number": [
    refusedOn(["batch", 8], layers.layerNorm({ epsilon: NaN })),
    'Cannot build "tower.layer": expected epsilon of at least 0, found NaN',
  ],
  "modalityHeads with a negative weight": [
    refused({ a: ["batch", 2] }, ({ a }, at) => {
      layers.modalityHeads(3, { weight: -1 })({ a }, at("heads"));
      return a;
    }),
    'Cannot build "heads": expected weight of at least 0, found -1',
  ],
  "gat with a slope that is no number": [
    refused(
      { x: ["nodes", 4], edges: [2, "edges"] },
      ({ x, edges }, at) => layers.gat(3, { slope: NaN })({ x, edges }, at("gat")),
    ),
    'Cannot build "gat": expected slope to be a number, found NaN',
  ],
  "selfAttention on vectors": [
    refusedOn(["batch", 8], layers.selfAttention({ heads: 2 })),
    'Cannot build "tower.layer": expected an input of shape [batch, tokens, features], found [batch, 8]',
  ],
  "stochasticDepth with a rate of 1": [
    refusedOn(["batch", 8], layers.stochasticDepth(1)),
    'Cannot build "tower.layer": expected a dropout rate in [0, 1), found 1',
  ],
  "depthwiseConv2d on a small image": [
    refusedOn(["batch", 2, 9, 3], layers.depthwiseConv2d(5, { padding: 1 })),
    'Cannot build "tower.layer": expected an image of at least 3 x 3, found 2 x 9',
  ],
  "squeezeExcitation, adaptiveMeanPool and what is made of them, on vectors": [
    refusedOn(["batch", 8], layers.squeezeExcitation(2)),
    'Cannot build "tower.layer.avgpool": expected an input of shape [batch, height, width, channels], found [batch, 8]',
  ],
  "flatten of vectors": [
    refused({ a: ["batch", 8] }, ({ a }) => layers.flatten(a)),
    'Cannot flatten "a" [batch, 8]: expected a shape [batch, height, width, channels]',
  ],
  "vgg on an image that no stage is left of": [
    refusedOn(["batch", 3, 8, 3], layers.vgg({ blocks: [1, 1], width: 2 })),
    'Cannot build "tower.layer.features.5": expected an image of at least 2 x 2, found 1 x 4',
  ],
  "add of unequal shapes": [
    refused({ a: ["batch", 2], b: ["batch", 3] }, ({ a, b }) => add(a, b)),
    'Cannot add "a" [batch, 2] with "b" [batch, 3]: expected equal shapes',
  ],
  "multiply of unequal ranks": [
    refused(
      { a: ["batch", 2] },
      ({ a }, at) => multiply(a, layers.unsqueeze(layers.linear(2)(a, at("gate")))),
    ),
    'Cannot multiply "a" [batch, 2] with "gate" [batch, 1, 2]: expected equal shapes',
  ],
  "concat of unequal lengths": [
    refused({ a: ["batch", 5, 2], b: ["batch", 4, 2] }, ({ a, b }) => concat([a, b])),
    'Cannot concatenate "a" [batch, 5, 2] with "b" [batch, 4, 2]: expected shapes that differ in the last axis only',
  ],
  "concat of what has no features": [
    refused({ a: ["batch"], b: ["batch"] }, ({ a, b }) => concat([a, b])),
    'Cannot concatenate "a" [batch] with "b" [batch]: expected shapes that differ in the last axis only',
  ],
  "concat of nothing": [
    refused({ a: ["batch"] }, () => concat([])),
    "Cannot concatenate: expected one node or more, found none",
  ],
  "meanTokens with another mask": [
    refused(
      { tokens: ["batch", 5, 2], mask: ["batch", 4] },
      ({ tokens, mask }, at) => layers.meanTokens()({ tokens, mask }, at("pool")),
    ),
    'Cannot build "pool": expected tokens of shape [batch, tokens, features] and a mask of shape [batch, tokens], ' +
    "found [batch, 5, 2] and [batch, 4]",
  ],
  "imageTokens of too many tokens": [
    refusedOn(["batch", 7, 7, 8], layers.imageTokens(10)),
    'Cannot build "tower.layer": expected 1 to 9 image tokens, found 10',
  ],
  "bitransformer on an image of another width": [
    refused(
      { image: ["batch", 3, 8], ids: ["batch", 8], mask: ["batch", 8] },
      ({ image, ids, mask }, at) => layers.bitransformer()({ image, ids, mask }, at("text")),
    ),
    'Cannot build "text": expected an image of shape [batch, image tokens, 768], found [batch, 3, 8]',
  ],
  "bitransformer on a mask of another length": [
    refused(
      { image: ["batch", 3, 8], ids: ["batch", 8], mask: ["batch", 7] },
      ({ image, ids, mask }, at) => layers.bitransformer({ width: 8 })({ image, ids, mask }, at("text")),
    ),
    'Cannot build "text": expected ids and a mask of shape [batch, tokens], found [batch, 8] and [batch, 7]',
  ],
  "bertEmbeddings in blocks that do not fit": [
    refused({ ids: ["batch", 8] }, ({ ids }, at) => {
      const arrange = (vectors: Node) => ({ vectors, blocks: [3, 4] });
      return layers.bertEmbeddings({ width: 6 }, arrange)(ids, at("text"));
    }),
    'Cannot build "text": expected vectors of shape [batch, 7, 6] in 2 blocks or one, found [batch, 8, 6] in 2',
  ],
  "weightedSum of unequal shapes": [
    refused({ a: ["batch", 2], b: ["batch", 3] }, ({ a, b }, at) => layers.weightedSum([a, b], at("sum"))),
    'Cannot build "sum": expected inputs of one shape, found [batch, 2], [batch, 3]',
  ],
  "centralPath of too few states": [
    refused(
      { a: ["batch", 2] },
      ({ a }, at) => layers.centralPath([layers.linear(2), layers.linear(2)])([[a]], at("central")),
    ),
    'Cannot build "central": expected hidden states for 2 depths, found 1',
  ],
  "cosineDistance of unequal shapes": [
    refused({ a: ["batch", 2], b: ["batch", 3] }, ({ a, b }, at) => layers.cosineDistance([a, b], at("d"))),
    'Cannot build "d": expected two inputs of shape [batch, features], found [batch, 2] and [batch, 3]',
  ],
  "bert on ids of one axis": [
    refused(
      { ids: ["batch"], mask: ["batch"] },
      ({ ids, mask }, at) => layers.bert()({ ids, mask }, at("text")),
    ),
    'Cannot build "text.embeddings": expected ids of shape [batch, tokens], found [batch]',
  ],
  "bert on a mask of another length": [
    refused(
      { ids: ["batch", 8], mask: ["batch", 9] },
      ({ ids, mask }, at) => layers.bert()({ ids, mask }, at("text")),
    ),
    'Cannot build "text": expected a mask of the ids\' shape [batch, 8], found [batch, 9]',
  ],
  "bert on more tokens than it has positions": [
    refused(
      { ids: ["batch", 513], mask: ["batch", 513] },
      ({ ids, mask }, at) => layers.bert()({ ids, mask }, at("text")),
    ),
    'Cannot build "text.embeddings.position_embeddings": expected at most 512 tokens, found 513; cut texts to 512 or give ' +
    "the model more positions",
  ],
  "bert whose heads do not divide its width": [
    refused(
      { ids: ["batch", 8], mask: ["batch", 8] },
      ({ ids, mask }, at) => layers.bert({ width: 10, heads: 3 })({ ids, mask }, at("text")),
    ),
    'Cannot build "text.encoder.layer.0.attention": expected a width that divides into 3 heads, found 10',
  ],
};

for (const [what, [sentence, expected]] of Object.entries(cases)) {
  Deno.test(`refused: ${what}`, () => assertEquals(sentence(), expected));
}
