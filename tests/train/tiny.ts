/** A recipe small enough to train in milliseconds: a data set made up in memory, a model with buffers and dropout. */
import { type Choice, choice } from "../../src/base/choice.ts";
import { random } from "../../src/base/random.ts";
import { float32, type Value } from "../../src/base/value.ts";
import type { Dataset, Draw, OpenOptions, Rows, Source } from "../../src/data/source.ts";
import type { Memory } from "../../src/tensor.ts";
import {
  adamw,
  batchNorm,
  binaryCrossEntropy,
  conv2d,
  dropout,
  earlyStopping,
  linear,
  meanPool,
  type ModelFunction,
  type Recipe,
  recipe,
  relu,
  warmupThenPlateau,
} from "../../mod.ts";

/** Labels of the rows: which of the three colours is bright. */
export const labels = ["blue", "green", "red"];

const shape = [4, 4, 3];
const numbers = 48;

/** The picture of a row, and its labels. A draw adds noise to the picture, as augmentation would. */
function row(side: string, position: number, draw: Draw | undefined) {
  const { uniform } = random(side, position);
  const means = labels.map(() => uniform(-1, 1));
  const picture = Array.from({ length: numbers }, (_, i) => means[i % 3] + uniform(-1, 1));
  const noise = draw && random(side, position, draw.seed, draw.epoch);
  return {
    picture: noise ? picture.map((x) => x + noise.uniform(-0.3, 0.3)) : picture,
    labels: means.map((mean) => mean > 0 ? 1 : 0),
  };
}

/** Rows of one side; what is asked for is noted in `asked`. */
export function rowsOf(side: string, size: number, asked: [positions: number[], draw?: Draw][] = []): Rows {
  return {
    size,
    ids: Int32Array.from({ length: size }, (_, i) => i),
    positives: () => {
      const all = Array.from({ length: size }, (_, position) => row(side, position, undefined).labels);
      return labels.map((_, label) => all.filter((has) => has[label] === 1).length);
    },
    batch: (positions, draw) => {
      asked.push([[...positions], draw]);
      const rows = Array.from(positions, (position) => row(side, position, draw));
      return Promise.resolve({
        inputs: {
          image: float32([rows.length, ...shape], rows.flatMap(({ picture }) => picture)),
        },
        labels: Float32Array.from(rows.flatMap((one) => one.labels)),
      });
    },
  };
}

/** 18 rows to train on, which are 4 batches of 4 and a rest, and 7 to validate, which are a batch of 4 and one of 3. */
export const dataset = (changes: Partial<Dataset> = {}): Dataset => ({
  labels,
  train: rowsOf("train", 18),
  validation: rowsOf("validation", 7),
  kept: { "words.txt": "kept as it was" },
  [Symbol.asyncDispose]: () => Promise.resolve(),
  ...changes,
});

/** A source of such a data set; what it is opened with is noted in `opened`. */
export const source = (changes: Partial<Dataset> = {}, opened: OpenOptions[] = []): Choice<Source> =>
  choice("tiny", {}, () => ({
    inputs: { image: { shape, dtype: "float32" } },
    open: (options) => {
      opened.push(options);
      return Promise.resolve(dataset(changes));
    },
    reader: () => Promise.reject(new Error("unused")),
  }));

/** Image `[batch, 4, 4, 3]` -> logits `[batch, 3]`. */
export const model: ModelFunction = ({ image }, at) => {
  const map = relu(batchNorm()(conv2d(8, 3, { padding: 1 })(image, at("conv")), at("norm")));
  return linear(3)(dropout(0.2)(meanPool()(map, at("pool")), at("dropout")), at("head"));
};

/** 4 steps an epoch, 3 epochs; what is not given is as here. */
export const tiny = (changes: Partial<Recipe> = {}): Recipe =>
  recipe({
    name: "tiny",
    data: source(),
    labels: labels.length,
    model,
    weights: [],
    freeze: [],
    batchSize: 4,
    epochs: 3,
    seed: 5,
    loss: binaryCrossEntropy(),
    labelSmoothing: 0.1,
    optimizer: adamw({ weightDecay: 1e-2 }),
    learningRate: warmupThenPlateau({ rate: 3e-2, from: 0.5, epochs: 1, factor: 0.5, patience: 0 }),
    stop: earlyStopping({ on: "macroF1", patience: 5, minDelta: 1e-3 }),
    ...changes,
  });

/** Runs a test with a folder of its own; its path is of a folder that is not there yet. */
export async function withRun(test: (folder: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await test(`${root}/run`);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** All that a memory holds, by name. */
export const contents = async ({ names, get }: Memory): Promise<Map<string, Value>> =>
  new Map(await Promise.all(names.map(async (name) => [name, await get(name)] as const)));
