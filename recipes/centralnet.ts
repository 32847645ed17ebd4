/**
 * CentralNet: a network between those of the modalities, which sums their hidden states at every depth (Vielzeuf,
 * Lechervy, Pateux and Jurie 2018, "CentralNet: a Multilayer Approach for Multimodal Fusion",
 * https://arxiv.org/abs/1808.07275). Reported on the test rows of MM-IMDb's own split, 23 labels: micro-F1 0.639,
 * macro-F1 0.561, weighted F1 0.631.
 *
 * As in the paper: h_c' = layer(α_c h_c + α_v h_v + α_t h_t) at every depth with learnt numbers α, 1 at first; each
 * modality's network has a prediction and a loss of its own; the loss is the sum of all three, the answer is the central
 * one.
 *
 * Different here: poster and plot are read by VGG-16 and BERT, frozen; the paper has GMU's
 * features. Not known for this data set, so chosen: two hidden layers of maxout behind a batch norm in each of the three
 * networks, their width, dropout, batch, rate, schedule.
 *
 * In miniature compared with PyTorch: logits, gradients, three steps. Not reproduced: the scores.
 */
import {
  adam,
  batchNorm,
  bertMean,
  bertNames,
  binaryCrossEntropy,
  centralPath,
  dropout,
  earlyStopping,
  hub,
  imagenet,
  type Layer,
  linear,
  maxout,
  mmimdb,
  modalityHeads,
  type Node,
  type Recipe,
  recipe,
  type RecipeModel,
  sequential,
  type Text,
  vgg,
  vggNames,
  vggSizes,
  warmupThenPlateau,
} from "../mod.ts";

/** What the model consists of. */
export interface Parts {
  /** `[batch, pixels, pixels, 3] -> [batch, features]` */
  readonly image: Layer;
  /** `[batch, tokens] -> [batch, features]` */
  readonly text: Layer<Text>;
  /** Width of every hidden layer. */
  readonly hidden: number;
  /** Hidden layers of each of the three networks. */
  readonly depth: number;
}

/** Image `[batch, pixels, pixels, 3]`, ids and mask `[batch, tokens]` -> logits `[batch, numLabels]`, thrice. */
export const centralNet = ({ image: look, text: read, hidden, depth }: Parts): RecipeModel =>
(
  { image, ids, mask },
  at,
  { numLabels },
) => {
  const layers = Array.from(
    { length: depth },
    () => sequential([batchNorm(), maxout(hidden), dropout(0.5)]),
  );
  const states = (features: Node, name: string): Node[] => {
    const tower = at(name);
    return layers.reduce<Node[]>((all, layer, i) => [...all, layer(all.at(-1) ?? features, tower(i))], []);
  };
  const poster = states(look(image, at("image_backbone")), "image_tower");
  const plot = states(read({ ids, mask }, at("text_backbone")), "text_tower");
  const central = centralPath(layers)(poster.map((x, i) => [x, plot[i]]), at("central"));
  return {
    logits: linear(numLabels)(central, at("classifier")),
    losses: modalityHeads(numLabels)({ image: poster.at(-1)!, text: plot.at(-1)! }, at("heads")),
  };
};

/** The recipe. */
const centralnet: Recipe = recipe({
  name: "centralnet",
  data: mmimdb({ tokens: 512, pixels: 224, resize: 256, ...imagenet }),
  labels: 26,
  model: centralNet({ image: vgg(vggSizes[16]), text: bertMean(), hidden: 512, depth: 2 }),
  weights: [
    hub("timm/vgg16.tv_in1k", { under: "image_backbone", rename: vggNames }),
    hub("google-bert/bert-base-uncased", { under: "text_backbone", rename: bertNames }),
  ],
  freeze: [{ freeze: "image_backbone" }, { freeze: "text_backbone" }],
  batchSize: 64,
  epochs: 30,
  loss: binaryCrossEntropy(),
  optimizer: adam(),
  learningRate: warmupThenPlateau({ rate: 1e-3, from: 0.1, epochs: 1, factor: 0.3, patience: 2 }),
  stop: earlyStopping({ on: "macroF1", patience: 5, minDelta: 1e-3 }),
});

export default centralnet;
