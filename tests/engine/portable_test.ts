import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { random } from "../../src/base/random.ts";
import { float32, int32, sizeOf, type Value } from "../../src/base/value.ts";
import type { Step, Tensors } from "../../src/engine/engine.ts";
import { portable } from "../../src/engine/portable.ts";
import { tf } from "../../src/engine/tfjs.ts";

const engine = await portable();

const add: Step = ({ total }, { x }) => ({
  state: { total: tf.add(total, x) },
  outputs: { double: tf.mul(x, 2), large: tf.greater(x, 1) },
});

Deno.test("the engine says what it is and has nothing native", () => {
  assertEquals(engine.name, "portable");
  assert(engine.description.includes("WebAssembly"), engine.description);
  assertEquals(engine.holdings().handles, 0);
});

Deno.test("a run moves the state on and returns the outputs, truth values as integers", async () => {
  using memory = engine.memory();
  await memory.put("total", float32([2], [1, 10]));
  const program = memory.compile(add);
  const outputs = await program.run({ x: float32([2], [1, 2]) });
  assertEquals(outputs, { double: float32([2], [2, 4]), large: int32([2], [0, 1]) });
  await program.run({ x: float32([2], [1, 2]) });
  assertEquals(await memory.get("total"), float32([2], [3, 14]));
});

Deno.test("programs share their memory, and memories share nothing", async () => {
  using memory = engine.memory();
  using other = engine.memory();
  await memory.put("total", float32([], [1]));
  await other.put("total", float32([], [100]));
  await memory.compile(add).run({ x: float32([], [1]) });
  await memory.compile(add).run({ x: float32([], [5]) });
  assertEquals((await memory.get("total")).data[0], 7);
  assertEquals((await other.get("total")).data[0], 100);
});

Deno.test("put overwrites an array in its place and copies what it is given", async () => {
  using memory = engine.memory();
  const data = Float32Array.of(1, 2);
  await memory.put("a", float32([2], data));
  await memory.put("b", int32([], [3]));
  data[0] = 50;
  assertEquals(await memory.get("a"), float32([2], [1, 2]));
  await memory.put("a", float32([2], [4, 5]));
  assertEquals(memory.names, ["a", "b"]);
  assertEquals(await memory.get("a"), float32([2], [4, 5]));
});

Deno.test("a step may hand its state back unchanged, exchanged or twice", async () => {
  using memory = engine.memory();
  await memory.put("a", float32([], [1]));
  await memory.put("b", float32([], [2]));
  await memory.compile(({ a, b }) => ({ state: { a: b, b: a }, outputs: { a } })).run({});
  assertEquals([(await memory.get("a")).data[0], (await memory.get("b")).data[0]], [2, 1]);
  await memory.compile(({ a }) => ({ state: { a, b: a }, outputs: {} })).run({});
  assertEquals([(await memory.get("a")).data[0], (await memory.get("b")).data[0]], [2, 2]);
});

Deno.test("a step that fails changes nothing and leaves no tensor behind", async () => {
  using memory = engine.memory();
  await memory.put("total", float32([2], [1, 2]));
  const before = engine.holdings();
  const failing = (state: (total: Tensor) => Tensors) =>
    memory.compile(({ total }) => ({ state: state(total), outputs: {} })).run({});
  await assertRejects(
    () => failing((total) => ({ total: tf.add(total, 1), sum: tf.sum(total) })),
    OnesheetError,
    'Cannot set state "sum": the memory holds no array of that name',
  );
  await assertRejects(
    () => failing((total) => ({ total: tf.sum(total) })),
    OnesheetError,
    'Cannot set state "total": expected float32 [2], found float32 []',
  );
  await assertRejects(() => failing((total) => ({ total: tf.matMul(total as never, total as never) })));
  await assertRejects(() => memory.get("sum"), OnesheetError, 'Cannot read "sum"');
  assertEquals(await memory.get("total"), float32([2], [1, 2]));
  assertEquals(engine.holdings(), before);
});

Deno.test("timers get their turn between runs", async () => {
  using memory = engine.memory();
  await memory.put("total", float32([], [0]));
  const program = memory.compile(add);
  let fired = false;
  setTimeout(() => fired = true, 0);
  const until = performance.now() + 2000;
  while (!fired && performance.now() < until) await program.run({ x: float32([], [1]) });
  assert(fired);
});

Deno.test("the engine works while another backend is the current one", async () => {
  using memory = engine.memory();
  await memory.put("total", float32([], [1]));
  await tf.setBackend("cpu");
  await memory.put("total", float32([], [2]));
  await memory.compile(add).run({ x: float32([], [3]) });
  assertEquals((await memory.get("total")).data[0], 5);
});

Deno.test("a disposed memory gives all of its tensors back", async () => {
  const before = engine.holdings();
  const memory = engine.memory();
  await memory.put("total", float32([], [1]));
  await memory.compile(add).run({ x: float32([], [3]) });
  assertEquals(engine.holdings().tensors, before.tensors + 1);
  memory[Symbol.dispose]();
  assertEquals(engine.holdings(), before);
});

/** Two convolutions and a table of words, joined; 3 labels. */
const shapes = { first: [3, 3, 3, 8], second: [3, 3, 8, 16], words: [20, 8], head: [24, 3] };
type Name = keyof typeof shapes;
const names = Object.keys(shapes) as Name[];

function logits(weights: Tensor[], { image, ids }: Tensors): Tensor {
  const [first, second, words, head] = weights as [Tensor4D, Tensor4D, Tensor, Tensor];
  const around: [[number, number], [number, number], [number, number], [number, number]] = [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ];
  const features = tf.relu(
    tf.conv2d(tf.relu(tf.conv2d(image as Tensor4D, first, 2, around)), second, 2, around),
  );
  const text = tf.mean(tf.gather(words, ids), 1);
  return tf.matMul(tf.concat([tf.mean(features, [1, 2]), text], 1) as never, head as never);
}

const train: Step = (state, inputs) => {
  const { value, grads } = tf.valueAndGrads((...weights: Tensor[]) => {
    const z = logits(weights, inputs);
    return tf.mean(tf.sub(tf.softplus(z), tf.mul(z, inputs.labels))).asScalar();
  })(names.map((name) => state[name]));
  const step = tf.add(state.step, 1);
  const next = names.flatMap((name, i) => {
    const kept = [name, `${name}.mean`, `${name}.square`];
    const [parameter, mean, square] = kept.map((name) => state[name]);
    const updated = tf.engine().runKernel("AdamW", {
      ...{ parameter, mean, square, gradient: grads[i], rate: tf.scalar(0.01), step },
    }, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0.01 }) as Tensor[];
    return kept.map((name, i) => [name, updated[i]] as const);
  });
  return { state: { ...Object.fromEntries(next), step }, outputs: { loss: value } };
};

Deno.test("a small model of convolutions and an embedding learns in 50 steps, at a constant number of tensors", async () => {
  using memory = engine.memory();
  const stream = random("model");
  const drawn = (shape: readonly number[], scale: number): Value =>
    float32(shape, Array.from({ length: sizeOf(shape) }, () => stream.uniform(-scale, scale)));
  for (const name of names) {
    const shape = shapes[name];
    await memory.put(name, drawn(shape, Math.sqrt(3 / sizeOf(shape.slice(0, -1)))));
    for (const moment of ["mean", "square"]) {
      await memory.put(`${name}.${moment}`, float32(shape, new Float32Array(sizeOf(shape))));
    }
  }
  await memory.put("step", float32([], [0]));
  const inputs = {
    image: drawn([8, 12, 12, 3], 1),
    ids: int32([8, 5], Array.from({ length: 40 }, () => stream.integer(20))),
    labels: float32([8, 3], Array.from({ length: 24 }, () => stream.integer(2))),
  };
  const program = memory.compile(train);
  const losses: number[] = [];
  const held: number[] = [];
  for (let step = 0; step < 50; step++) {
    losses.push((await program.run(inputs)).loss.data[0]);
    held.push(engine.holdings().tensors);
  }
  assertLess(losses[49], losses[0] / 5);
  assertEquals(new Set(held).size, 1);
});
