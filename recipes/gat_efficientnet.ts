/**
 * Graph attention over films that share crew, on an EfficientNet's logits of their posters: the image-based GAT of
 * "MM-GATBT: Enriching Multimodal Representation Using Graph Attention Network" (Seo et al. 2022, NAACL SRW), with public
 * code (https://github.com/sbseo/mm-gatbt).
 *
 * Reported on MM-IMDb's own test rows and 23 labels: micro-F1 0.500, macro-F1 0.394, weighted-F1 0.506. Not reproduced
 * here: the hub data set has no crew and other rows.
 *
 * Read in the code: the layers, their sizes, dropouts, slope and residuals, torchvision's pretrained B4 (timm's numbers),
 * Adam at 1e-3 on all training films at once, and that films are joined where they share a director, producer, writer,
 * cinematographer or art director in whatever part. In miniature compared with PyTorch: logits, gradients, three steps.
 *
 * Deviations:
 * - The code takes the sigmoid of a sigmoid in its loss, decides above 0.25, and keeps the epoch that is best on the test
 *   rows, in a pass with dropout. Here the loss has the logits, 0.5 decides, and validation rows choose the epoch.
 * - It weighs a label's positives by rows / rows that have it; here that is at most 20.
 * - It trains for 20,000 epochs; here 100 without a better score on the validation rows end it.
 * - DGL adds a residual to each head of the last layer and averages both; here, as in torch_geometric, one residual is
 *   added to the average, which is the same function. First weights are uniform, not normal.
 *
 * Training is transductive: films of the validation rows are nodes, too, and their posters and crew are seen in training.
 * Their labels are in no input and no loss; they do nothing but choose the epoch.
 */
import {
  adam,
  balancedCrossEntropy,
  constant,
  dropout,
  earlyStopping,
  efficientNetLogits,
  efficientNetNames,
  efficientNetSizes,
  gat,
  gatLayers,
  type GatLayersOptions,
  graph,
  hub,
  mmimdb,
  mmimdbPosters,
  type ModelFunction,
  type Recipe,
  recipe,
  type RecipeModel,
  takeRows,
} from "../mod.ts";

/** What the model's size depends on. */
export interface Size {
  /** Of the layers before the last. */
  readonly hidden: GatLayersOptions & { readonly dropout: number };
  /** Of the last layer, averaged. */
  readonly heads: number;
}

/** Three layers of eight heads of 32. */
export const published: Size = {
  hidden: { layers: 3, heads: 8, size: 32, dropout: 0.1, slope: 0.1 },
  heads: 3,
};

/** Nodes `[nodes, features]`, edges `[2, edges]` and the nodes `[batch]` that are asked for -> logits `[batch, numLabels]`. */
export const filmsOnGraph =
  ({ hidden, heads }: Size): RecipeModel => ({ nodes, edges, row }, at, { numLabels }) => {
    const layers = at("gat_layers");
    const x = gatLayers(hidden)({ x: nodes, edges }, layers);
    const place = layers(hidden.layers);
    const last = gat(numLabels, { ...hidden, heads, join: "mean", residual: true });
    return takeRows(last({ x: dropout(hidden.dropout)(x, place("dropout")), edges }, place), row);
  };

/** ImageNet's logits of the posters. `[batch, 224, 224, 3] -> [batch, 1000]` */
const posters: ModelFunction = ({ image }, at) =>
  efficientNetLogits(efficientNetSizes.b4)(image, at("image_backbone"));

/** The recipe. */
const gatEfficientNet: Recipe = recipe({
  name: "gat_efficientnet",
  data: graph({ of: mmimdb({ pixels: 224, resize: 256, ...mmimdbPosters }), edges: "" }),
  labels: 26,
  nodes: {
    tower: posters,
    weights: [
      hub("timm/efficientnet_b4.ra2_in1k", {
        under: "image_backbone",
        rename: efficientNetNames(efficientNetSizes.b4, { classifier: true }),
      }),
    ],
  },
  model: filmsOnGraph(published),
  batchSize: 1_000_000, // all at once
  dropLast: false,
  epochs: 2000,
  loss: balancedCrossEntropy({ cap: 20 }),
  optimizer: adam(),
  learningRate: constant({ rate: 1e-3 }),
  stop: earlyStopping({ on: "microF1", patience: 100, minDelta: 0 }),
});

export default gatEfficientNet;
