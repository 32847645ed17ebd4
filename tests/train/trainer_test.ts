/** Losses and scores of a model that is simple enough to be computed here as well. */
import { assertAlmostEquals, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { float32 } from "../../src/base/value.ts";
import type { Rows } from "../../src/data/source.ts";
import { scores } from "../../src/train/metrics.ts";
import { randomize } from "../../src/train/start.ts";
import { prepareTraining, type Trainer, trainer } from "../../src/train/trainer.ts";
import { adamw, constant, dropout, linear, meanPool } from "../../mod.ts";
import { eachEngine } from "../engine/each.ts";
import { labels, rowsOf, tiny } from "./tiny.ts";

/** Logits are twice the mean colours, in the order of the labels: a pooled colour is one number of the picture's. */
const plain = tiny({
  model: ({ image }, at) => linear(3)(meanPool()(image, at("pool")), at("head")),
  learningRate: constant({ rate: 0.1 }),
  optimizer: adamw({ weightDecay: 0 }),
});

async function withPlainWeights({ memory }: Trainer): Promise<void> {
  await memory.put("head.weight", float32([3, 3], [2, 0, 0, 0, 2, 0, 0, 0, 2]));
  await memory.put("head.bias", float32([3], [0, 0, 0]));
}

/** The same logits, in doubles. */
async function logitsOf(rows: Rows, positions: number[]): Promise<{ logits: number[]; truth: number[] }> {
  const { inputs, labels } = await rows.batch(Int32Array.from(positions));
  const logits = positions.flatMap((_, row) =>
    [0, 1, 2].map((channel) => {
      const values = [...inputs.image.data.subarray(row * 48, row * 48 + 48)].filter((_, i) =>
        i % 3 === channel
      );
      return 2 * values.reduce((a, b) => a + b, 0) / 16;
    })
  );
  return { logits, truth: [...labels] };
}

/** Mean binary cross-entropy. */
const crossEntropy = (logits: number[], truth: number[]): number =>
  logits.reduce((sum, z, i) => {
    const p = 1 / (1 + Math.exp(-z));
    return sum - truth[i] * Math.log(p) - (1 - truth[i]) * Math.log(1 - p);
  }, 0) / logits.length;

eachEngine(
  "an evaluation's loss is the mean of its rows whatever the batch size, or of its batches where the recipe says so",
  async (engine) => {
    using bound = trainer(plain, engine);
    await withPlainWeights(bound);
    const rows = rowsOf("validation", 7); // 4 and 3
    const heard: number[] = [];
    const { loss, scores: found } = await bound.evaluate(rows, labels, (done) => heard.push(done));
    const [first, last] = await Promise.all([logitsOf(rows, [0, 1, 2, 3]), logitsOf(rows, [4, 5, 6])]);
    const [a, b] = [crossEntropy(first.logits, first.truth), crossEntropy(last.logits, last.truth)];
    assertNotEquals(((a * 4 + b * 3) / 7).toFixed(4), ((a + b) / 2).toFixed(4)); // the mean over rows is another
    assertAlmostEquals(loss, (a * 4 + b * 3) / 7, 1e-6);
    for (
      const [changes, expected] of [
        [{ validationLoss: "mean of batches" }, (a + b) / 2],
        [{ batchSize: 2 }, loss],
        [{ batchSize: 7 }, loss],
        [{ batchSize: 1 }, loss],
      ] as const
    ) {
      using other = trainer({ ...plain, ...changes }, engine);
      await withPlainWeights(other);
      assertAlmostEquals((await other.evaluate(rows, labels)).loss, expected, 1e-6);
    }
    const logits = Float32Array.from([...first.logits, ...last.logits]);
    assertEquals(found, scores(logits, Float32Array.from([...first.truth, ...last.truth]), labels, "logits"));
    assertEquals(heard, [1, 2]);
  },
);

eachEngine(
  "a step gives the loss before it, on smoothed labels, and moves the weights at the rate",
  async (engine) => {
    using bound = trainer(plain, engine);
    await withPlainWeights(bound);
    await prepareTraining(bound, plain);
    const rows = rowsOf("train", 4);
    const positions = Int32Array.of(0, 1, 2, 3);
    const { logits, truth } = await logitsOf(rows, [...positions]);
    const smoothed = truth.map((y) => y * 0.9 + (1 - y) * 0.1);
    const loss = await bound.step([await rows.batch(positions)], 0.25, 1);
    assertAlmostEquals(loss, crossEntropy(logits, smoothed), 1e-6);
    // The first step of Adam moves each parameter by the rate against the sign of its gradient.
    const gradient = [0, 1, 2].map((label) =>
      [0, 1, 2, 3].reduce((sum, row) => {
        const i = row * 3 + label;
        return sum + 1 / (1 + Math.exp(-logits[i])) - smoothed[i];
      }, 0)
    );
    const bias = (await bound.memory.get("head.bias")).data;
    gradient.forEach((g, i) => assertAlmostEquals(bias[i], -0.25 * Math.sign(g), 1e-5));
  },
);

eachEngine(
  "a step's random numbers depend on the recipe's seed and the step, an evaluation has none",
  async (engine) => {
    const batch = await rowsOf("train", 4).batch(Int32Array.of(0, 1, 2, 3));
    /** The loss of one step from the same weights. */
    const lossOf = async (step: number, seed = 5): Promise<number> => {
      const recipe = tiny({
        seed,
        model: ({ image }, at) =>
          linear(3)(dropout(0.5)(meanPool()(image, at("pool")), at("drop")), at("head")),
      });
      using bound = trainer(recipe, engine);
      await withPlainWeights(bound);
      await prepareTraining(bound, recipe);
      return await bound.step([batch], 0.1, step);
    };
    const loss = await lossOf(3);
    assertEquals(await lossOf(3), loss);
    assertNotEquals(await lossOf(4), loss);
    assertNotEquals(await lossOf(3, 6), loss);
    using bound = trainer(tiny(), engine);
    await randomize(bound.memory, bound.plan.model, 1);
    const rows = rowsOf("validation", 7);
    assertEquals(await bound.evaluate(rows, labels), await bound.evaluate(rows, labels));
  },
);

eachEngine("each batch of a step has random numbers of its own", async (engine) => {
  const batch = await rowsOf("train", 4).batch(Int32Array.of(0, 1, 2, 3));
  const recipe = tiny({
    accumulate: 3,
    model: ({ image }, at) => linear(3)(dropout(0.5)(meanPool()(image, at("pool")), at("drop")), at("head")),
  });
  /** The mean loss of a step on the same batch so many times. */
  const lossOf = async (count: number): Promise<number> => {
    using bound = trainer(recipe, engine);
    await withPlainWeights(bound);
    await prepareTraining(bound, recipe);
    return await bound.step(Array.from({ length: count }, () => batch), 0.1, 1);
  };
  const [first, second, third] = [await lossOf(1), await lossOf(2) * 2, await lossOf(3) * 3];
  const losses = [first, second - first, third - second];
  assertEquals(new Set(losses.map((loss) => loss.toFixed(5))).size, 3, `${losses}`);
});

eachEngine("an evaluation changes nothing, a step moves buffers, too", async (engine) => {
  const recipe = tiny({ freeze: [{ freeze: "norm" }] });
  using bound = trainer(recipe, engine);
  await randomize(bound.memory, bound.plan.model, 1);
  await prepareTraining(bound, recipe);
  const all = async () => await Promise.all(bound.memory.names.map((name) => bound.memory.get(name)));
  const before = await all();
  await bound.evaluate(rowsOf("validation", 7), labels);
  assertEquals(await all(), before);
  const { names } = bound.memory;
  await bound.step([await rowsOf("train", 4).batch(Int32Array.of(0, 1, 2, 3))], 0.1, 1);
  const after = await all();
  const moved = names.filter((_, i) => `${after[i].data}` !== `${before[i].data}`);
  assertEquals(moved.filter((name) => name.startsWith("norm")), [
    "norm.running_mean",
    "norm.running_var",
    "norm.num_batches_tracked",
  ]);
  assertEquals(moved.includes("conv.weight"), true);
});

eachEngine(
  "a parameter of which nothing comes stays as it is, with one batch a step and with several",
  async (engine) => {
    for (const accumulate of [1, 2]) {
      const recipe = tiny({
        accumulate,
        model: ({ image }, at) => {
          linear(2)(image, at("idle"));
          return linear(3)(meanPool()(image, at("pool")), at("head"));
        },
      });
      using bound = trainer(recipe, engine);
      await randomize(bound.memory, bound.plan.model, 1);
      await prepareTraining(bound, recipe);
      const weights = async () =>
        await Promise.all(["idle.weight", "head.weight"].map((name) => bound.memory.get(name)));
      const [idle, head] = await weights();
      const batch = await rowsOf("train", 4).batch(Int32Array.of(0, 1, 2, 3));
      await bound.step(Array.from({ length: accumulate }, () => batch), 0.1, 1);
      const after = await weights();
      assertEquals(after[0], idle);
      assertNotEquals(after[1], head);
    }
  },
);

eachEngine(
  "a model in which nothing learns cannot be prepared for training, but evaluates",
  async (engine) => {
    const recipe = tiny({ freeze: [{ freeze: "**" }] });
    using bound = trainer(recipe, engine);
    const error = await assertRejects(() => prepareTraining(bound, recipe), OnesheetError);
    assertEquals(
      error.message,
      'Cannot train "tiny": every parameter is frozen; let some learn by a `train` rule',
    );
    await randomize(bound.memory, bound.plan.model, 1);
    assertEquals((await bound.evaluate(rowsOf("validation", 7), labels)).scores.perLabel.length, 3);
  },
);
