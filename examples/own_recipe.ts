/**
 * A recipe of your own: posters alone, plain cross-entropy, a constant learning rate.
 *
 *     deno task train examples/own_recipe.ts
 *     deno run -A examples/own_recipe.ts        # from code, a few steps
 */
import {
  adamw,
  batchNorm,
  binaryCrossEntropy,
  chooseEngine,
  constant,
  conv2d,
  drawnFilms,
  fit,
  imagenet,
  type Layer,
  linear,
  meanPool,
  never,
  randomHorizontalFlip,
  recipe,
  relu,
} from "../mod.ts";

const stage = (channels: number): Layer => (x, at) =>
  relu(batchNorm()(conv2d(channels, 3, { stride: 2, padding: 1 })(x, at("conv")), at("norm")));

const posters = recipe({
  name: "own_recipe",
  data: drawnFilms({
    rows: 480,
    seed: 1,
    validation: 0.2,
    pixels: 48,
    tokens: 32,
    augment: [randomHorizontalFlip()],
    ...imagenet,
  }),
  model: ({ image }, at, { numLabels }) => {
    const map = stage(32)(stage(16)(image, at("stage1")), at("stage2"));
    return linear(numLabels)(meanPool()(map, at("pool")), at("head"));
  },
  weights: [],
  freeze: [],
  batchSize: 32,
  epochs: 5,
  seed: 7,
  loss: binaryCrossEntropy(),
  labelSmoothing: 0,
  optimizer: adamw({ weightDecay: 0 }),
  learningRate: constant({ rate: 3e-3 }),
  stop: never({ on: "microF1" }),
});

export default posters;

if (import.meta.main) {
  const { engine } = await chooseEngine("portable");
  const folder = await Deno.makeTempDir();
  for await (const event of fit(posters, { engine, folder, maxSteps: 6 })) {
    if (event.kind === "epoch") {
      console.log(`micro-F1 ${event.metrics.micro_f1.toFixed(3)} after ${event.metrics.step} steps`);
    }
  }
  await Deno.remove(folder, { recursive: true });
}
