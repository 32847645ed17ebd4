/**
 * A recipe with all that a long run has (a data set and a vocabulary of the hub, augmentation, batch norm, dropout,
 * a schedule, early stopping) that takes seconds; it says on standard error what it is asked for.
 */
import {
  adamw,
  attentionFusion,
  batchNorm,
  bertEncoder,
  choice,
  classifierHead,
  colorJitter,
  conv2d,
  type Dataset,
  dropout,
  earlyStopping,
  focal,
  linear,
  meanPool,
  meanTokens,
  mmimdb,
  type OpenOptions,
  randomHorizontalFlip,
  type Recipe,
  recipe,
  relu,
  warmupThenPlateau,
} from "../../mod.ts";

const films = mmimdb({
  repo: "owner/films",
  vocabulary: "owner/words",
  validation: 0.3,
  seed: 1,
  pixels: 24,
  tokens: 24,
  augment: [
    randomHorizontalFlip({ p: 0.5 }),
    colorJitter({ brightness: 0.2, contrast: 0.2, saturation: 0.2, hue: 0.1 }),
  ],
});

const announced = (what: string, rows: Dataset["train"]): Dataset["train"] => ({
  ...rows,
  batch: (positions, draw) => {
    console.error(`@${what}`);
    return rows.batch(positions, draw);
  },
});

const data = choice("announced", {}, () => ({
  ...films.made,
  open: async (options: OpenOptions) => {
    const opened = await films.made.open({
      ...options,
      onProgress: (what) => console.error(what.endsWith("(bytes)") ? "@download" : "@caching"),
    });
    return {
      ...opened,
      train: announced("step", opened.train),
      validation: announced("evaluation", opened.validation),
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    };
  },
}));

const killed: Recipe = recipe({
  name: "killed",
  data,
  model: ({ image, ids, mask }, at, { numLabels }) => {
    const map = relu(batchNorm()(conv2d(16, 3, { stride: 2, padding: 1 })(image, at("conv")), at("norm1")));
    const small = { vocabulary: 1024, width: 32, layers: 1, heads: 2, positions: 24 };
    const text = meanTokens()({ tokens: bertEncoder(small)({ ids, mask }, at("text")), mask }, at("pool2"));
    const wide = relu(linear(4096)(meanPool()(map, at("pool")), at("wide")));
    const features = [
      linear(32)(dropout(0.2)(wide, at("drop")), at("narrow")),
      linear(32)(text, at("words")),
    ];
    const fused = attentionFusion({ heads: 4, dropout: 0.1 })(features, {
      attention: at("attention"),
      norm: at("norm2"),
    });
    return classifierHead(numLabels, { ffn: linear(32), dropout: 0.1 })(fused, at("head"));
  },
  weights: [],
  freeze: [],
  batchSize: 8,
  epochs: 5,
  seed: 3,
  loss: focal({ alpha: 0.5, gamma: 2 }),
  labelSmoothing: 0.05,
  optimizer: adamw({ weightDecay: 1e-2 }),
  learningRate: warmupThenPlateau({ rate: 3e-3, from: 0.1, epochs: 2, factor: 0.5, patience: 0 }),
  stop: earlyStopping({ on: "macroF1", patience: 4, minDelta: 1e-3 }),
});

export default killed;
