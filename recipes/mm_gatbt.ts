/**
 * MM-GATBT: BERT reads the plot with one token in front of it that graph attention makes of the posters of films that
 * share crew (Seo et al. 2022, "MM-GATBT: Enriching Multimodal Representation Using Graph Attention Network", NAACL SRW),
 * with public code (https://github.com/sbseo/mm-gatbt).
 *
 * Reported on MM-IMDb's own test rows and 23 labels: micro-F1 0.685, macro-F1 0.645, weighted-F1 0.683. The code keeps
 * the epoch that is best on those same test rows, and its macro-F1 leaves two labels out. Here validation rows choose.
 * Not reproduced: the hub data set has no crew and other rows.
 *
 * Read in the code: three layers of graph attention on EfficientNet-B4's 1000 logits (as in `gat_efficientnet.ts`), tanh,
 * a linear layer, MMBT's two blocks around it, the pooler, a linear classifier; six batches of 12 for a step, decay 0.01
 * but of biases and norms, a rate that rises over a tenth of the steps and falls to 0. In miniature compared with PyTorch:
 * logits, gradients, three steps. The rate of 5e-5 is at second hand; the code's default is 1e-5.
 *
 * Deviations:
 * - The code trains the graph attention on its own first; {@link trainedGat} starts from such a run, without it the layers
 *   start at random.
 * - It weighs a label's positives by rows / rows that have it; here that is at most 20.
 * - Its Adam does not correct the moments' start and clips each array's gradient to a norm of 1; here AdamW does, and the
 *   gradients together are clipped. It also halves the rate when the score stands still.
 *
 * Training is transductive: films of the validation rows are nodes, too, and their posters and crew are seen in training.
 * Their labels are in no input and no loss; they do nothing but choose the epoch.
 */
import {
  adamw,
  balancedCrossEntropy,
  bertNames,
  type BertOptions,
  bitransformer,
  earlyStopping,
  efficientNetLogits,
  efficientNetNames,
  efficientNetSizes,
  gatLayers,
  type GatLayersOptions,
  graph,
  hub,
  linear,
  linearDecay,
  mmimdb,
  mmimdbPosters,
  type ModelFunction,
  type Pretrained,
  type Recipe,
  recipe,
  type RecipeModel,
  takeRows,
  tanh,
  unsqueeze,
} from "../mod.ts";

/** What the model's size depends on. */
export interface Size {
  /** Of the graph attention. */
  readonly graph: GatLayersOptions;
  /** The BERT; `separator` is the id of [SEP], 102 unless given. */
  readonly text: BertOptions & { readonly width: number; readonly separator?: number };
}

/** Three layers of eight heads of 32, BERT base. */
export const published: Size = {
  graph: { layers: 3, heads: 8, size: 32, dropout: 0.1, slope: 0.1 },
  text: { width: 768 },
};

/**
 * Nodes `[nodes, features]`, edges `[2, edges]`, and of a batch its nodes `[batch]` and its ids and mask
 * `[batch, tokens]` -> logits `[batch, numLabels]`.
 */
export const plotOnGraph =
  ({ graph: size, text }: Size): RecipeModel => ({ nodes, edges, row, ids, mask }, at, { numLabels }) => {
    const seen = tanh(gatLayers(size)({ x: nodes, edges }, at("gat_layers")));
    const image = unsqueeze(linear(text.width)(takeRows(seen, row), at("image_tokens")));
    const pooled = bitransformer(text)({ image, ids, mask }, at("text_backbone"));
    return linear(numLabels)(pooled, at("classifier"));
  };

/** ImageNet's logits of the posters. `[batch, 224, 224, 3] -> [batch, 1000]` */
const posters: ModelFunction = ({ image }, at) =>
  efficientNetLogits(efficientNetSizes.b4)(image, at("image_backbone"));

/** The hidden layers of a run of `gat_efficientnet.ts`, by the path of its `best.safetensors`: to be one of `weights`. */
export const trainedGat = (best: string): Pretrained =>
  hub(best, {
    under: "gat_layers",
    rename: (name) => /^gat_layers\.[0-2]\./.test(name) ? name.slice("gat_layers.".length) : undefined,
  });

/** The recipe. */
const mmGatbt: Recipe = recipe({
  name: "mm_gatbt",
  data: graph({ of: mmimdb({ tokens: 511, pixels: 224, resize: 256, ...mmimdbPosters }), edges: "" }),
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
  model: plotOnGraph(published),
  weights: [hub("google-bert/bert-base-uncased", { under: "text_backbone", rename: bertNames })],
  batchSize: 12,
  accumulate: 6,
  dropLast: false,
  epochs: 100,
  loss: balancedCrossEntropy({ cap: 20 }),
  optimizer: adamw({ weightDecay: 0.01 }),
  groups: [{ of: "**.bias", weightDecay: 0 }, { of: "**.LayerNorm", weightDecay: 0 }],
  clipNorm: 1,
  learningRate: linearDecay({ rate: 5e-5, warmup: 0.1 }),
  stop: earlyStopping({ on: "microF1", patience: 10, minDelta: 0 }),
});

export default mmGatbt;
