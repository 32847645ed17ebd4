import { assertEquals, assertLess, assertRejects } from "@std/assert";
import { random } from "../../src/base/random.ts";
import { float32, int32, sizeOf, type Value } from "../../src/base/value.ts";
import {
  batchNormTraining,
  convolution,
  dropout,
  embedding,
  focalLoss,
  linear,
  maxPool,
  meanPool,
  relu,
} from "../../src/ops/mod.ts";
import { type Memory, runKernel, type Step, type Tensors, tf, valueAndGradients } from "../../src/tensor.ts";
import { eachEngine } from "./each.ts";

const shapes = { kernel: [3, 3, 3, 4], scale: [4], offset: [4], words: [10, 4], head: [3, 8] };
const names = Object.keys(shapes) as (keyof typeof shapes)[];

/** A small model of everything that has a kernel of its own. */
function lossOf(state: Tensors, { image, ids, labels, seed }: Tensors) {
  const features = convolution(image, state.kernel, { stride: 2, padding: 1 });
  const { y, mean, variance } = batchNormTraining(features, state.scale, state.offset, 1e-5);
  const seen = meanPool(maxPool(relu(y), 3, { stride: 2, padding: 1 }));
  const read = tf.mean(embedding(ids, state.words, 0), 1);
  const logits = linear(dropout(tf.concat([seen, read], 1), 0.1, seed), state.head);
  return { value: focalLoss(logits, labels, 0.25, 2), aux: { mean, variance } };
}

const train: Step = (state, inputs) => {
  const wanted = Object.fromEntries(names.map((name) => [name, state[name]]));
  const { value, gradients, aux } = valueAndGradients(() => lossOf(state, inputs), wanted);
  const next = names.flatMap((name) => {
    const parts = [name, `mean/${name}`, `square/${name}`];
    const [parameter, mean, square] = parts.map((part) => state[part]);
    const { rate, step } = inputs;
    const updated = runKernel(
      "AdamW",
      { parameter, mean, square, gradient: gradients[name], rate, step },
      { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0.01 },
    );
    return parts.map((part, i) => [part, updated[i]] as const);
  });
  const running = tf.add(tf.mul(state.running, 0.9), tf.mul(aux.variance, 0.1));
  return { state: { ...Object.fromEntries(next), running }, outputs: { loss: value, mean: aux.mean } };
};

const stream = random("leaks");
const drawn = (shape: readonly number[]): Value =>
  float32(shape, Array.from({ length: sizeOf(shape) }, () => stream.uniform(-0.5, 0.5)));

async function fill(memory: Memory): Promise<void> {
  for (const name of names) {
    await memory.put(name, drawn(shapes[name]));
    for (const moment of ["mean", "square"]) {
      await memory.put(`${moment}/${name}`, float32(shapes[name], new Float32Array(sizeOf(shapes[name]))));
    }
  }
  await memory.put("running", float32([4], [1, 1, 1, 1]));
}

const batch = {
  image: drawn([4, 9, 9, 3]),
  ids: int32([4, 3], [1, 2, 0, 3, 3, 0, 4, 1, 9, 5, 0, 0]),
  labels: float32([4, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 0]),
};

const inputsOf = (step: number) => ({
  ...batch,
  seed: int32([2], [1, step]),
  rate: float32([], [0.01]),
  step: float32([], [step]),
});

eachEngine(
  "50 training steps hold what one holds, and a disposed memory gives everything back",
  async (engine) => {
    const before = engine.holdings();
    {
      using memory = engine.memory();
      await fill(memory);
      const program = memory.compile(train);
      const { loss: first } = await program.run(inputsOf(1));
      const after = engine.holdings();
      let last = first;
      for (let step = 2; step <= 51; step++) {
        ({ loss: last } = await program.run(inputsOf(step)));
        assertEquals(engine.holdings(), after);
      }
      assertLess(last.data[0], first.data[0] / 2);
      await Promise.all(memory.names.map((name) => memory.get(name)));
      assertEquals(engine.holdings(), after);
    }
    assertEquals(engine.holdings(), before);
  },
);

eachEngine("2,000 steps that run or throw, in 100 memories, leave nothing behind", async (engine) => {
  const before = engine.holdings();
  for (let cycle = 0; cycle < 100; cycle++) {
    using memory = engine.memory();
    await memory.put("w", float32([4, 4], new Float32Array(16)));
    const counting = memory.compile(({ w }, { x }) => ({
      state: { w: tf.add(w, x) },
      outputs: { sum: tf.sum(w) },
    }));
    const failing = memory.compile(({ w }) => {
      const { gradients } = valueAndGradients(() => {
        const y = relu(linear(w, w));
        return { value: tf.sum(tf.reshape(y, [3, 3])), aux: { y } };
      }, { w });
      return { outputs: gradients };
    });
    for (let run = 0; run < 10; run++) {
      await counting.run({ x: float32([], [1]) });
      await assertRejects(() => failing.run({}));
    }
    assertEquals((await memory.get("w")).data[0], 10);
  }
  assertEquals(engine.holdings(), before);
});
