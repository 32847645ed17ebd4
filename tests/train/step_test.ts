import { assert, assertAlmostEquals, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { random } from "../../src/base/random.ts";
import { float32, int32, sizeOf, type Value, type Values } from "../../src/base/value.ts";
import { build } from "../../src/dsl/build.ts";
import { portable } from "../../src/engine/portable.ts";
import type { Engine, Memory } from "../../src/tensor.ts";
import { binaryCrossEntropy } from "../../src/train/loss.ts";
import { adamw } from "../../src/train/optimizer.ts";
import { clearMoments, randomize } from "../../src/train/start.ts";
import {
  evaluationStep,
  gradientStep,
  predictionStep,
  type StepParts,
  trainStep,
} from "../../src/train/step.ts";
import { momentName } from "../../src/train/update.ts";
import { batchNorm, conv2d, dropout, linear, meanPool, relu } from "../../layers/mod.ts";
import { eachEngine } from "../engine/each.ts";

const model = build(({ image }, at) => {
  linear(2)(image, at("idle")); // nothing comes of it: no gradient
  const map = relu(batchNorm()(conv2d(6, 3)(image, at("conv")), at("norm")));
  return linear(4)(dropout(0.5)(meanPool()(map, at("pool")), at("dropout")), at("head"));
}, { image: ["batch", 8, 8, 3] });

const parts: StepParts = {
  model,
  trainable: new Set(["idle.weight", "norm.bias", "head.weight", "head.bias"]),
  loss: binaryCrossEntropy().made,
  labelSmoothing: 0.1,
  optimizer: adamw({ weightDecay: 0.1 }).made,
  treatments: new Map(),
  waits: new Map(),
};
const moving = ["norm.bias", "head.weight", "head.bias"];
const buffers = ["norm.running_mean", "norm.running_var", "norm.num_batches_tracked"];

const stream = random("batch");
const image = float32([5, 8, 8, 3], Array.from({ length: sizeOf([5, 8, 8, 3]) }, () => stream.normal()));
const labels = float32([5, 4], Array.from({ length: 20 }, () => stream.integer(2)));
const scalars = (step: number, rate = 0.01): Values =>
  Object.fromEntries(
    Object.entries(parts.optimizer.scalars(rate, step)).map(([name, x]) => [name, float32([], [x])]),
  );
const seed = (x: number): Values => ({ seed: int32([], [x]) });

/** A memory with first values and moments; `use` is given a look at all of it. */
async function withMemory(
  engine: Engine,
  use: (memory: Memory, all: () => Promise<Record<string, Value>>) => Promise<void>,
): Promise<void> {
  using memory = engine.memory();
  await randomize(memory, model, 1);
  await clearMoments(memory, parts, parts.optimizer);
  await use(memory, async () => {
    const values: Record<string, Value> = {};
    for (const name of memory.names) values[name] = await memory.get(name);
    return values;
  });
}

const differing = (a: Record<string, Value>, b: Record<string, Value>): string[] =>
  Object.keys(a).filter((name) => a[name].data.some((x, i) => x !== b[name].data[i]));

eachEngine(
  "a step moves what learns and has a gradient, its moments, and every buffer, frozen or not",
  async (engine) => {
    await withMemory(engine, async (memory, all) => {
      const before = await all();
      await memory.compile(trainStep(parts)).run({ image, labels, ...scalars(1), ...seed(1) });
      const after = await all();
      const moments = moving.flatMap((name) => parts.optimizer.moments.map((m) => momentName(m, name)));
      assertEquals(differing(before, after).sort(), [...moving, ...moments, ...buffers].sort());
      assertEquals(after["norm.num_batches_tracked"].data[0], 1);
    });
  },
);

eachEngine("a step's loss is that of the batch before it, on smoothed labels", async (engine) => {
  await withMemory(engine, async (memory) => {
    const { logits, loss: told } = await memory.compile(gradientStep(parts)).run({ image, labels });
    const each = Array.from(logits.data, (z, i) => {
      const y = 0.1 + 0.8 * labels.data[i];
      return Math.max(z, 0) - z * y + Math.log1p(Math.exp(-Math.abs(z)));
    });
    const { loss } = await memory.compile(trainStep(parts)).run({ image, labels, ...scalars(1) });
    assertAlmostEquals(loss.data[0], each.reduce((sum, x) => sum + x, 0) / 20, 1e-6);
    assertEquals(loss.data[0], told.data[0]);
  });
});

eachEngine("gradients are those of the loss, and asking for them changes nothing", async (engine) => {
  await withMemory(engine, async (memory, all) => {
    const before = await all();
    const program = memory.compile(gradientStep(parts));
    const { logits, loss: _, ...gradients } = await program.run({ image, labels });
    assertEquals(differing(before, await all()), []);
    assertEquals(Object.keys(gradients).sort(), moving.toSorted());
    assertEquals(logits.shape, [5, 4]);

    const bias = Array.from(before["head.bias"].data);
    const lossAt = async (x: number) => {
      await memory.put("head.bias", float32([4], bias.with(2, x)));
      return (await program.run({ image, labels })).loss.data[0];
    };
    const h = 0.05, x = bias[2];
    const slope = (await lossAt(x + h) - await lossAt(x - h)) / (2 * h);
    assertAlmostEquals(gradients["head.bias"].data[2], slope, 1e-4);
  });
});

eachEngine("a scaled loss gives the same loss and the same gradients, bit for bit", async (engine) => {
  await withMemory(engine, async (memory) => {
    const batch = { image, labels, ...seed(1) };
    const plain = await memory.compile(gradientStep(parts)).run(batch);
    const scaled = await memory.compile(gradientStep({ ...parts, lossScale: 2 ** 13 })).run(batch);
    assertEquals(scaled, plain);
  });
});

Deno.test("the same seed gives the same step, another seed another, and no seed drops nothing", async () => {
  const engine = await portable();
  const lossOf = async (options: Values) => {
    let found = 0;
    await withMemory(engine, async (memory) => {
      const { loss } = await memory.compile(trainStep(parts)).run({
        image,
        labels,
        ...scalars(1),
        ...options,
      });
      found = loss.data[0];
    });
    return found;
  };
  assertEquals(await lossOf(seed(1)), await lossOf(seed(1)));
  assertNotEquals(await lossOf(seed(1)), await lossOf(seed(2)));
  assertEquals(await lossOf({}), await lossOf({}));
  assertNotEquals(await lossOf({}), await lossOf(seed(1)));
});

eachEngine("steps on one batch bring its loss down", async (engine) => {
  await withMemory(engine, async (memory) => {
    const program = memory.compile(trainStep({ ...parts, trainable: new Set(moving) }));
    const losses: number[] = [];
    for (let step = 1; step <= 40; step++) {
      const { loss } = await program.run({ image, labels, ...scalars(step, 0.05), ...seed(1) });
      losses.push(loss.data[0]);
    }
    assert(losses[39] < 0.9 * losses[0], `${losses[0]} to ${losses[39]}`);
  });
});

eachEngine(
  "evaluation uses the labels as they are and running statistics, and changes nothing",
  async (engine) => {
    await withMemory(engine, async (memory, all) => {
      const before = await all();
      const { logits, loss } = await memory.compile(evaluationStep(parts)).run({ image, labels });
      assertEquals(differing(before, await all()), []);
      const each = Array.from(
        logits.data,
        (z, i) => Math.max(z, 0) - z * labels.data[i] + Math.log1p(Math.exp(-Math.abs(z))),
      );
      assertAlmostEquals(loss.data[0], each.reduce((sum, x) => sum + x, 0) / 20, 1e-6);

      const alone = float32([1, 8, 8, 3], Array.from(image.data.slice(0, 192)));
      const { logits: one, ...others } = await memory.compile(predictionStep(model)).run({ image: alone });
      assertEquals(others, {});
      one.data.forEach((z, i) => assertAlmostEquals(z, logits.data[i], 1e-5)); // whatever is beside it in the batch
    });
  },
);

Deno.test("training with everything frozen is refused", async () => {
  await withMemory(await portable(), async (memory) => {
    await assertRejects(
      () =>
        memory.compile(trainStep({ ...parts, trainable: new Set() })).run({ image, labels, ...scalars(1) }),
      OnesheetError,
      "Cannot train: every parameter is frozen; let some learn by a `train` rule",
    );
  });
});
