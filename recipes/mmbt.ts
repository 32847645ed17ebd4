/**
 * MMBT: BERT reads the plot with the poster in front of it as a few tokens (Kiela, Bhooshan, Firooz, Perez and
 * Testuggine 2019, "Supervised Multimodal Bitransformers for Classifying Images and Text",
 * https://arxiv.org/abs/1909.02950). Reported on the test rows of MM-IMDb's own split, 23 labels: micro-F1 0.669, macro-F1
 * 0.618.
 *
 * Read in public code: the blocks [CLS] image [SEP] and text with their positions and segments, shared tables and LayerNorm;
 * posters resized to 256, cut to 224 and normalized by moments of their own, without augmentation; ResNet-152's last map
 * pooled to 3 tokens, a linear layer, the pooler, a linear classifier; positives weigh rows over frequency; decay 0.01 but of
 * biases and LayerNorms, rate 5e-5 with a linear rise over a tenth of the steps and a linear fall, gradients of norm 1 at
 * most; batches of 4, 40 to a step; the poster's tower waits for 3 epochs, BERT's layers for 5. From memory: 508 word pieces,
 * 100 epochs, of which 10 without a better micro-F1 end it. In miniature compared with PyTorch: logits, gradients, three
 * steps. Not reproduced: the scores.
 *
 * Different here: the plot ends in [SEP], which the code leaves out; positives weigh 50 at most; the optimizer is PyTorch's
 * AdamW; labels and rows are the hub data set's.
 */
import {
  adamw,
  balancedCrossEntropy,
  bertNames,
  type BertOptions,
  bitransformer,
  earlyStopping,
  hub,
  imageTokens,
  type Layer,
  linear,
  linearDecay,
  mmimdb,
  mmimdbPosters,
  type Recipe,
  recipe,
  type RecipeModel,
  resnetMap,
  resnetNames,
  resnetSizes,
} from "../mod.ts";

/** What the model consists of. */
export interface Parts {
  /** `[batch, pixels, pixels, 3] -> [batch, height, width, features]` */
  readonly image: Layer;
  /** How many tokens a poster is: 1 to 9. */
  readonly imageTokens: number;
  /** The BERT; `separator` is the id of [SEP], 102 unless given. */
  readonly text: BertOptions & { readonly width: number; readonly separator?: number };
}

/** Image `[batch, pixels, pixels, 3]`, ids and mask `[batch, tokens]` -> logits `[batch, numLabels]`. */
export const posterBeforePlot =
  ({ image: look, imageTokens: count, text }: Parts): RecipeModel =>
  ({ image, ids, mask }, at, { numLabels }) => {
    const seen = imageTokens(count)(look(image, at("image_backbone")), at("image_pool"));
    const tokens = linear(text.width)(seen, at("image_tokens"));
    const pooled = bitransformer(text)({ image: tokens, ids, mask }, at("text_backbone"));
    return linear(numLabels)(pooled, at("classifier"));
  };

/** The recipe. */
const mmbt: Recipe = recipe({
  name: "mmbt",
  data: mmimdb({ tokens: 510, pixels: 224, resize: 256, ...mmimdbPosters }),
  labels: 26,
  model: posterBeforePlot({
    image: resnetMap(resnetSizes[152]),
    imageTokens: 3,
    text: { width: 768 },
  }),
  weights: [
    hub("timm/resnet152.tv_in1k", { under: "image_backbone", rename: resnetNames }),
    hub("google-bert/bert-base-uncased", { under: "text_backbone", rename: bertNames }),
  ],
  stages: [{ freeze: "image_backbone", epochs: 3 }, { freeze: "text_backbone.encoder", epochs: 5 }],
  batchSize: 4,
  accumulate: 40,
  epochs: 100,
  loss: balancedCrossEntropy({ cap: 50 }),
  optimizer: adamw({ weightDecay: 0.01 }),
  groups: [{ of: "**.bias", weightDecay: 0 }, { of: "**.LayerNorm", weightDecay: 0 }],
  clipNorm: 1,
  learningRate: linearDecay({ rate: 5e-5, warmup: 0.1 }),
  stop: earlyStopping({ on: "microF1", patience: 10, minDelta: 0 }),
});

export default mmbt;
