/** Every recipe of the literature with a model small enough for a test, by its file's name. */
import { bert, bertMean, efficientNet, resnet, resnetMap } from "../../layers/mod.ts";
import type { Recipe } from "../../src/train/recipe.ts";
import bertText, { plotAlone } from "../../recipes/bert_text.ts";
import centralnet, { centralNet } from "../../recipes/centralnet.ts";
import efficientNetImage, { posterAlone } from "../../recipes/efficientnet_image.ts";
import gatEfficientNet, { filmsOnGraph, published as gatSize } from "../../recipes/gat_efficientnet.ts";
import gmu, { gatedPosterAndPlot } from "../../recipes/gmu.ts";
import mfm, { attendedPosterAndPlot } from "../../recipes/mfm.ts";
import mmGatbt, { plotOnGraph, published as gatbtSize } from "../../recipes/mm_gatbt.ts";
import mmbt, { posterBeforePlot } from "../../recipes/mmbt.ts";
import mmimdb, { partlyFrozen, posterAndPlot } from "../../recipes/mmimdb.ts";
import refnet, { refined } from "../../recipes/refnet.ts";
import { onGraph, small, smallRecipe } from "./twins.ts";

const { image, text } = small;

const lite = efficientNet({
  stem: 8,
  stages: [
    { expand: 1, kernel: 3, stride: 1, channels: 8, blocks: 1 },
    { expand: 6, kernel: 5, stride: 2, channels: 8, blocks: 2 },
    { expand: 4, kernel: 3, stride: 2, channels: 16, blocks: 1 },
  ],
  head: 64,
});

/** What mfm and refnet freeze, in the small towers. */
const freeze = [
  { freeze: "image_backbone" },
  { train: "image_backbone.layer2" },
  { freeze: "text_backbone.embeddings" },
];

const withSeparator = { ...text, separator: 4 };
const size = { image: { ...image, blocks: [1, 1, 1, 1] }, text, projection: 8, heads: 4 };

/** The small recipes. */
export const smallRecipes = {
  bert_text: smallRecipe(bertText, plotAlone({ text: bert(text) })),
  centralnet: smallRecipe(
    centralnet,
    centralNet({ image: resnet(image), text: bertMean(text), hidden: 8, depth: 2 }),
  ),
  efficientnet_image: smallRecipe(efficientNetImage, posterAlone({ image: lite })),
  gat_efficientnet: onGraph(
    gatEfficientNet,
    filmsOnGraph({ hidden: { ...gatSize.hidden, heads: 2, size: 3 }, heads: 3 }),
  ),
  gmu: smallRecipe(gmu, gatedPosterAndPlot({ image: resnet(image), text: bertMean(text), hidden: 8 })),
  mfm: smallRecipe(
    mfm,
    attendedPosterAndPlot({ image: resnetMap(image), text: bert(text), hidden: 8 }),
    { freeze },
  ),
  mm_gatbt: onGraph(
    mmGatbt,
    plotOnGraph({ graph: { ...gatbtSize.graph, heads: 2, size: 3 }, text: withSeparator }),
  ),
  mmbt: smallRecipe(
    mmbt,
    posterBeforePlot({ image: resnetMap(image), imageTokens: 2, text: withSeparator }),
  ),
  mmimdb: smallRecipe(mmimdb, posterAndPlot(size), { freeze: partlyFrozen(size) }),
  refnet: smallRecipe(
    refnet,
    refined({ image: resnet(image), text: bert(text), hidden: 8, weight: 0.1 }),
    { freeze },
  ),
} satisfies Readonly<Record<string, Recipe>>;
