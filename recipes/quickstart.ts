/**
 * A first run in a minute, with nothing but npm: posters and plots that the project draws itself, a small
 * convolutional tower and a small transformer, joined as in the published system.
 */
import {
  adamw,
  attentionFusion,
  batchNorm,
  bertEncoder,
  classifierHead,
  conv2d,
  drawnFilms,
  earlyStopping,
  focal,
  imagenet,
  type Layer,
  meanPool,
  meanTokens,
  type Node,
  type Recipe,
  recipe,
  type RecipeModel,
  relu,
  swiglu,
  warmupThenPlateau,
} from "../mod.ts";

/** Halves height and width. */
const halve = (channels: number): Layer => (x, at) =>
  relu(batchNorm()(conv2d(channels, 3, { stride: 2, padding: 1 })(x, at("conv")), at("norm")));

/** `[batch, 48, 48, 3] -> [batch, 64]` */
const imageTower: Layer = (image, at) => {
  const map = [16, 32, 64].reduce((x, channels, i) => halve(channels)(x, at(`stage${i + 1}`)), image);
  return meanPool()(map, at("pool"));
};

/** `[batch, 48] -> [batch, 64]` */
const textTower: Layer<{ ids: Node; mask: Node }> = ({ ids, mask }, at) => {
  const small = { vocabulary: 1024, width: 64, layers: 1, heads: 4, positions: 48 };
  return meanTokens()({ tokens: bertEncoder(small)({ ids, mask }, at), mask }, at("pool"));
};

/** What the model may look at. */
export type Modality = "image" | "text";

/** The model; a modality that is left out is not looked at. */
export const model = (seen: readonly Modality[] = ["image", "text"]): RecipeModel =>
(
  { image, ids, mask },
  at,
  { numLabels },
) => {
  const features: Node[] = [];
  if (seen.includes("image")) {
    features.push(swiglu(32)(imageTower(image, at("image")), at("image_projection")));
  }
  if (seen.includes("text")) {
    features.push(swiglu(32)(textTower({ ids, mask }, at("text")), at("text_projection")));
  }
  const fused = attentionFusion({ heads: 4 })(features, { attention: at("attention"), norm: at("norm") });
  return classifierHead(numLabels, { ffn: swiglu(32), dropout: 0.1 })(fused, at("head"));
};

/** The recipe. */
const quickstart: Recipe = recipe({
  name: "quickstart",
  data: drawnFilms({ rows: 480, seed: 1, validation: 0.2, pixels: 48, tokens: 48, augment: [], ...imagenet }),
  model: model(),
  weights: [],
  freeze: [],
  batchSize: 16,
  epochs: 24,
  seed: 1,
  loss: focal({ alpha: 0.5, gamma: 2 }),
  labelSmoothing: 0.05,
  optimizer: adamw({ weightDecay: 1e-4 }),
  learningRate: warmupThenPlateau({ rate: 2e-3, from: 0.1, epochs: 2, factor: 0.3, patience: 3 }),
  stop: earlyStopping({ on: "macroF1", patience: 8, minDelta: 1e-3 }),
});

export default quickstart;
