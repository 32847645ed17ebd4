/** Steps of training: optimizers with everything that a recipe can say of a step. */
import { choice } from "../../../src/base/choice.ts";
import { float32, type Value, type Values } from "../../../src/base/value.ts";
import { batchNorm, linear, tanh } from "../../../layers/mod.ts";
import { binaryCrossEntropy, focal } from "../../../src/train/loss.ts";
import { adam, adamw } from "../../../src/train/optimizer.ts";
import { type Recipe, recipe } from "../../../src/train/recipe.ts";
import { inGroups } from "../../../src/train/sampler.ts";
import { constant } from "../../../src/train/schedule.ts";
import { randomize } from "../../../src/train/start.ts";
import { prepareTraining, startAverages, trainer } from "../../../src/train/trainer.ts";
import type { Engine } from "../../../src/tensor.ts";
import type { Area, Generator, Question } from "../area.ts";
import type { Draw } from "../draw.ts";

/** What a step is told. */
interface Settings extends Pick<Recipe, "freeze"> {
  readonly optimizerName: "adam" | "adamw";
  readonly optimizer: Readonly<Record<"beta1" | "beta2" | "epsilon" | "weightDecay", number>>;
  readonly loss: "binaryCrossEntropy" | "focal" | "positiveWeight";
  // deno-lint-ignore no-explicit-any
  readonly lossSettings: any;
  readonly groups: NonNullable<Recipe["groups"]>;
  readonly stages: NonNullable<Recipe["stages"]>;
  readonly smoothing: number;
  readonly clipNorm: number | null;
  readonly accumulate: number;
  /** The running average's decay; 0 for none. */
  readonly average: number;
  /** Steps of an epoch. */
  readonly steps: number;
  /** Of each step. */
  readonly rates: readonly number[];
}

const lossSettings: Readonly<Record<Settings["loss"], (draw: Draw, labels: number) => object>> = {
  binaryCrossEntropy: () => ({}),
  focal: (draw) => ({ alpha: draw.uniform(0, 1), gamma: draw.pick(0, 1, 2, 1.7) }),
  positiveWeight: (draw, labels) => ({
    positiveWeight: Array.from({ length: labels }, () => Math.fround(Math.exp(draw.uniform(-1, 1)))),
  }),
};

const group = (draw: Draw) => ({
  of: draw.pick("0", "2", "norm", "**.bias", "*.weight", "2.bias", "**"),
  ...draw.chance(0.5) && { weightDecay: draw.pick(0, 0.3, draw.uniform(0, 1)) },
  ...draw.chance(0.5) && { rate: draw.pick(0, 0.1, 2, draw.uniform(0, 3)) },
});

const steps = (optimizerName: Settings["optimizerName"]): Generator => (draw) => {
  const [features, hidden, labels] = [draw.int(2, 6), draw.int(2, 7), draw.int(1, 5)];
  const batches = draw.int(4, 11), loss = draw.pick("binaryCrossEntropy", "focal", "positiveWeight");
  const freeze = draw.pick<Recipe["freeze"]>([], [{ freeze: "norm" }], [{ freeze: "**" }, { train: "2" }]);
  const stages = [[], [{ freeze: "0", epochs: draw.int(1, 3) }], [{ freeze: "**.bias", epochs: 2 }]];
  const settings: Settings = {
    optimizerName,
    optimizer: {
      beta1: draw.pick(0.9, 0.5, 0, 0.99, draw.uniform(0, 0.99)),
      beta2: draw.pick(0.999, 0.99, 0.9, 0.9999, 0.999999, draw.uniform(0.5, 0.9999)),
      epsilon: draw.pick(1e-8, 1e-6, 1e-3, 0.1, 1),
      weightDecay: draw.pick(0, 0.01, 0.1, 1, draw.uniform(0, 0.5)),
    },
    loss,
    lossSettings: lossSettings[loss](draw, labels),
    freeze,
    stages: freeze.length === 0 ? draw.pick(...stages) : [],
    groups: Array.from({ length: draw.int(0, 3) }, () => group(draw)),
    smoothing: draw.pick(0, 0.1, 0.5),
    clipNorm: draw.pick(null, 0.01, 0.5, 5),
    accumulate: draw.pick(1, 1, 2, 3),
    average: draw.pick(0, 0.5, 0.99),
    steps: draw.int(1, 3),
    rates: Array.from({ length: batches }, () => 10 ** draw.uniform(-4, -0.5)),
  };
  const shapes = {
    ...{ "0.weight": [hidden, features], "0.bias": [hidden], "norm.weight": [hidden], "norm.bias": [hidden] },
    ...{ "2.weight": [labels, hidden], "2.bias": [labels] },
  };
  const inputs: Record<string, Value> = {};
  for (const [name, shape] of Object.entries(shapes)) inputs[`first/${name}`] = draw.numbers(shape, 1);
  for (let i = 0; i < batches; i++) {
    const rows = draw.int(5, 9);
    inputs[`x/${i}`] = draw.numbers([rows, features], 1);
    inputs[`y/${i}`] = draw.bits([rows, labels], 0.4);
  }
  return { settings: { ...settings }, inputs };
};

/** The question's recipe; its data is given batch by batch. */
function recipeOf(s: Settings, [hidden, features]: readonly number[], labels: number): Recipe {
  const unused = () => Promise.reject(new Error("nothing is read"));
  const inputs = { x: { shape: [features], dtype: "float32" } } as const;
  const losses = { binaryCrossEntropy, focal, positiveWeight: binaryCrossEntropy };
  return recipe({
    name: "fuzz",
    data: choice("none", {}, () => ({ inputs, open: unused, reader: unused })),
    labels,
    model: ({ x }, at) => linear(labels)(batchNorm()(tanh(linear(hidden)(x, at(0))), at("norm")), at(2)),
    epochs: 1,
    learningRate: constant({ rate: 1 }),
    optimizer: { adam, adamw }[s.optimizerName](s.optimizer),
    loss: losses[s.loss](s.lossSettings),
    labelSmoothing: s.smoothing,
    freeze: s.freeze,
    groups: s.groups,
    stages: s.stages,
    accumulate: s.accumulate,
    ...s.clipNorm !== null && { clipNorm: s.clipNorm },
    ...s.average > 0 && { average: { decay: s.average } },
  });
}

/** The losses, and every array and moment after the last step. */
async function trained({ settings, inputs }: Question, engine: Engine): Promise<Values> {
  const s = settings as unknown as Settings;
  const batches = Object.keys(inputs).filter((name) => name.startsWith("x/")).map((_, i) => ({
    inputs: { x: inputs[`x/${i}`] },
    labels: Float32Array.from(inputs[`y/${i}`].data),
  }));
  const recipe = recipeOf(s, inputs["first/0.weight"].shape, inputs["y/0"].shape[1]);
  using bound = trainer(recipe, engine);
  await randomize(bound.memory, bound.plan.model, 1);
  for (const [name, array] of Object.entries(inputs)) {
    if (name.startsWith("first/")) await bound.memory.put(name.slice("first/".length), array);
  }
  await prepareTraining(bound, recipe);
  await startAverages(bound, recipe);
  const losses: number[] = [];
  for (const [i, group] of inGroups(batches, s.accumulate).entries()) {
    const place = s.stages.length > 0 ? { epoch: Math.floor(i / s.steps), steps: s.steps } : undefined;
    losses.push(await bound.step(group, s.rates[i], i + 1, place));
  }
  const isCompared = (name: string) => !name.startsWith("sum/") && name !== "norm.num_batches_tracked";
  const arrays: Record<string, Value> = { losses: float32([losses.length], losses) };
  for (const name of bound.memory.names.filter(isCompared)) arrays[name] = await bound.memory.get(name);
  return arrays;
}

/** Optimizers and steps. */
export const training: Area = {
  name: "training",
  against: "torch.optim in float64",
  packages: ["torch"],
  isComputed: true,
  limit: 1e-4,
  kinds: { adam: steps("adam"), adamw: steps("adamw") },
  answer: (question, engine) => trained(question, engine!),
};
