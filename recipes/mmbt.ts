/**
 * MMBT: BERT reads the plot with the poster in front of it as a few tokens (Kiela, Bhooshan, Firooz, Perez and
 * Testuggine 2019, "Supervised Multimodal Bitransformers for Classifying Images and Text",
 * https://arxiv.org/abs/1909.02950). Reported on the test rows of MM-IMDb's own split, 23 labels: micro-F1 0.669, macro-F1
 * 0.618.
 *
 * As in the authors' code: ResNet-152's last map pooled to 3 tokens, a linear layer, the blocks with their positions and
 * segments, shared tables and LayerNorm, the pooler, a linear classifier; posters resized to 256, cut to 224 and
 * normalized by moments of their own, without augmentation; cross-entropy; rate 5e-5.
 */
import {
  adamw,
  bertNames,
  type BertOptions,
  binaryCrossEntropy,
  bitransformer,
  earlyStopping,
  hub,
  imageTokens,
  type Layer,
  linear,
  mmimdb,
  mmimdbPosters,
  type ModelFunction,
  type Recipe,
  recipe,
  resnetMap,
  resnetNames,
  resnetSizes,
  warmupThenPlateau,
} from "../mod.ts";

/** What the model consists of. */
export interface Parts {
  /** `[batch, pixels, pixels, 3] -> [batch, height, width, features]` */
  readonly image: Layer;
  /** How many tokens a poster is: 1 to 9. */
  readonly imageTokens: number;
  /** The BERT; `separator` is the id of [SEP], 102 unless given. */
  readonly text: BertOptions & { readonly width: number; readonly separator?: number };
  readonly labels: number;
}

/** Image `[batch, pixels, pixels, 3]`, ids and mask `[batch, tokens]` -> logits `[batch, labels]`. */
export const posterBeforePlot =
  ({ image: look, imageTokens: count, text, labels }: Parts): ModelFunction => ({ image, ids, mask }, at) => {
    const seen = imageTokens(count)(look(image, at("image_backbone")), at("image_pool"));
    const tokens = linear(text.width)(seen, at("image_tokens"));
    const pooled = bitransformer(text)({ image: tokens, ids, mask }, at("text_backbone"));
    return linear(labels)(pooled, at("classifier"));
  };

const mmbt: Recipe = recipe({
  name: "mmbt",
  data: mmimdb({ tokens: 510, pixels: 224, resize: 256, ...mmimdbPosters }),
  labels: 26,
  model: posterBeforePlot({
    image: resnetMap(resnetSizes[152]),
    imageTokens: 3,
    text: { width: 768 },
    labels: 26,
  }),
  weights: [
    hub("timm/resnet152.tv_in1k", { under: "image_backbone", rename: resnetNames }),
    hub("google-bert/bert-base-uncased", { under: "text_backbone", rename: bertNames }),
  ],
  freeze: [],
  batchSize: 4,
  epochs: 100,
  seed: 123,
  loss: binaryCrossEntropy(),
  labelSmoothing: 0,
  optimizer: adamw({ weightDecay: 0.01 }),
  learningRate: warmupThenPlateau({ rate: 5e-5, from: 0.1, epochs: 1, factor: 0.5, patience: 2 }),
  stop: earlyStopping({ on: "microF1", patience: 10, minDelta: 0 }),
});

export default mmbt;
