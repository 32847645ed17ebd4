/**
 * The published MM-IMDb system: film poster and plot to 26 genres, macro-F1 0.523 and micro-F1 0.639 on its
 * validation rows (Supkhankulov, "Multimodal Movie Genre Classification", https://github.com/sup41kkk/NLP-course).
 * Every number here is the notebook's.
 */
import {
  adamw,
  attentionFusion,
  bert,
  bertNames,
  type BertOptions,
  classifierHead,
  colorJitter,
  earlyStopping,
  focal,
  type FreezeRule,
  hub,
  type Layer,
  mmimdb,
  randomAffine,
  randomHorizontalFlip,
  randomResizedCrop,
  randomRotation,
  type Recipe,
  recipe,
  type RecipeModel,
  resnet,
  resnetNames,
  type ResNetOptions,
  shared,
  swiglu,
  type Text,
  warmupThenPlateau,
} from "../mod.ts";

/** What the model's size depends on. */
export interface Size {
  /** Of the image tower. */
  readonly image: ResNetOptions;
  /** Of the text tower. */
  readonly text: BertOptions & { readonly layers: number };
  /** Width of each modality's projection. */
  readonly projection: number;
  /** Of the fusion. */
  readonly heads: number;
}

/** ResNet-50, BERT base. */
export const published: Size = {
  image: { blocks: [3, 4, 6, 3] },
  text: { layers: 12 },
  projection: 512,
  heads: 8,
};

/** What the model consists of. */
export interface Parts extends Omit<Size, "image" | "text"> {
  /** `[batch, pixels, pixels, 3] -> [batch, features]` */
  readonly image: Layer;
  /** `[batch, tokens] -> [batch, features]` */
  readonly text: Layer<Text>;
}

/** Image `[batch, pixels, pixels, 3]`, ids and mask `[batch, tokens]` -> logits `[batch, numLabels]`. */
export const attendedTowers = ({ image: look, text: read, projection, heads }: Parts): RecipeModel =>
(
  { image, ids, mask },
  at,
  { numLabels },
) => {
  const poster = swiglu(projection)(look(image, at("image_backbone")), at("image_projection"));
  const plot = swiglu(projection)(read({ ids, mask }, at("text_backbone")), at("text_projection"));
  const fused = attentionFusion({ heads, dropout: 0.1 })([poster, plot], {
    attention: at("self_attention"),
    norm: at("norm_after_attn"),
  });
  const ffn = shared(at("classifier_ffn"), swiglu(projection));
  return classifierHead(numLabels, { ffn, dropout: 0.3 })(fused, at("classifier_output_layer"));
};

/** The published model at a size. */
export const posterAndPlot = ({ image, text, ...rest }: Size): RecipeModel =>
  attendedTowers({ image: resnet(image), text: bert(text), ...rest });

/** The image tower's last stage learns; of the text tower the embeddings, the last two layers and the pooler. */
export const partlyFrozen = ({ text: { layers } }: Size): FreezeRule[] => [
  { freeze: "image_backbone" },
  { train: "image_backbone.layer4" },
  { freeze: "text_backbone" },
  { train: "text_backbone.embeddings" },
  { train: `text_backbone.encoder.layer.${layers - 2}` },
  { train: `text_backbone.encoder.layer.${layers - 1}` },
  { train: "text_backbone.pooler" },
];

/** The recipe. */
const mmimdbRecipe: Recipe = recipe({
  name: "mmimdb",
  data: mmimdb({
    repo: "sxj1215/mmimdb",
    validation: 0.15,
    seed: 42,
    tokens: 128,
    pixels: 224,
    vocabulary: "google-bert/bert-base-uncased",
    augment: [
      randomResizedCrop({ size: 224, scale: [0.7, 1] }),
      randomHorizontalFlip({ p: 0.5 }),
      colorJitter({ brightness: 0.3, contrast: 0.3, saturation: 0.3, hue: 0.15 }),
      randomRotation({ degrees: 20 }),
      randomAffine({ degrees: 0, translate: [0.1, 0.1], scale: [0.9, 1.1], shear: 10 }),
    ],
  }),
  labels: 26,
  model: posterAndPlot(published),
  weights: [
    hub("timm/resnet50.tv2_in1k", { under: "image_backbone", rename: resnetNames }),
    hub("google-bert/bert-base-uncased", { under: "text_backbone", rename: bertNames }),
  ],
  freeze: partlyFrozen(published),
  batchSize: 16,
  epochs: 20,
  seed: 42,
  loss: focal({ alpha: 0.25, gamma: 2 }),
  validationLoss: "mean of batches",
  labelSmoothing: 0.1,
  optimizer: adamw({ weightDecay: 1e-5 }),
  learningRate: warmupThenPlateau({
    rate: 1e-4,
    from: 0.01,
    epochs: 3,
    factor: 0.2,
    patience: 2,
    threshold: 1e-4,
  }),
  stop: earlyStopping({ on: "macroF1", patience: 5, minDelta: 1e-3, inclusive: true }), // its `score >= best + 1e-3`
});

export default mmimdbRecipe;
