import { assert, assertEquals } from "@std/assert";
import { float32, int32 } from "../../src/base/value.ts";
import type { Step } from "../../src/engine/engine.ts";
import { portable } from "../../src/engine/portable.ts";
import { tf } from "../../src/engine/tfjs.ts";
import { eachEngine } from "./each.ts";
import { nativeTest } from "./native.ts";

const one = float32([], [1]);

const add: Step = ({ total }, { x }) => ({
  state: { total: tf.add(total, x) },
  outputs: { double: tf.mul(x, 2) },
});

eachEngine("a run moves the state on and gives the outputs", async (engine) => {
  using memory = engine.memory();
  await memory.put("total", float32([2], [1, 10]));
  const program = memory.compile(add);
  assertEquals(await program.run({ x: float32([2], [1, 2]) }), { double: float32([2], [2, 4]) });
  await program.run({ x: float32([2], [1, 2]) });
  assertEquals(await memory.get("total"), float32([2], [3, 14]));
});

eachEngine("state that is not returned, or returned as it came, stays as it was", async (engine) => {
  using memory = engine.memory();
  for (const name of ["a", "b", "c"]) await memory.put(name, float32([2], [1, 2]));
  const program = memory.compile(({ a, b, c }) => ({ state: { b, c: tf.add(c, a) }, outputs: {} }));
  for (let run = 0; run < 3; run++) await program.run({});
  assertEquals(await memory.get("a"), float32([2], [1, 2]));
  assertEquals(await memory.get("b"), float32([2], [1, 2]));
  assertEquals(await memory.get("c"), float32([2], [4, 8]));
});

eachEngine("states may be exchanged and copied, from their values before the step", async (engine) => {
  using memory = engine.memory();
  await memory.put("a", float32([], [1]));
  await memory.put("b", float32([], [2]));
  await memory.put("c", float32([], [3]));
  const turn = memory.compile(({ a, b, c }) => ({ state: { a: b, b: c, c: a }, outputs: {} }));
  for (let run = 0; run < 4; run++) await turn.run({});
  const now = async () =>
    (await Promise.all(["a", "b", "c"].map((name) => memory.get(name)))).map((v) => v.data[0]);
  assertEquals(await now(), [2, 3, 1]);
  await memory.compile(({ a }) => ({ state: { b: a, c: a }, outputs: {} })).run({});
  assertEquals(await now(), [2, 2, 2]);
});

eachEngine("an output that is the state as it came has the numbers from before the step", async (engine) => {
  using memory = engine.memory();
  await memory.put("a", float32([3], [1, 2, 3]));
  const program = memory.compile(({ a }) => {
    const next = tf.mul(a, 10);
    return { state: { a: next }, outputs: { before: a, after: next } };
  });
  assertEquals(await program.run({}), { before: float32([3], [1, 2, 3]), after: float32([3], [10, 20, 30]) });
});

eachEngine("programs share the state of their memory, also state put after they ran", async (engine) => {
  using memory = engine.memory();
  await memory.put("total", float32([], [1]));
  const [first, second] = [memory.compile(add), memory.compile(add)];
  const names = memory.compile((state) => ({
    outputs: { count: tf.scalar(Object.keys(state).length, "int32") },
  }));
  assertEquals((await names.run({})).count, int32([], [1]));
  await first.run({ x: one });
  await second.run({ x: one });
  await first.run({ x: one });
  assertEquals(await memory.get("total"), float32([], [4]));
  await memory.put("other", one);
  assertEquals((await names.run({})).count, int32([], [2]));
});

eachEngine("inputs and outputs may be int32, truth values come out as 0 and 1", async (engine) => {
  using memory = engine.memory();
  const program = memory.compile((_, { x, ids }) => ({
    outputs: { ids, large: tf.greater(x, 1), none: tf.logicalNot(tf.greater(x, -1)), at: tf.argMax(x) },
  }));
  assertEquals(await program.run({ x: float32([3], [0, 2, 1]), ids: int32([2], [7, -7]) }), {
    ids: int32([2], [7, -7]),
    large: int32([3], [0, 1, 0]),
    none: int32([3], [0, 0, 0]),
    at: int32([], [1]),
  });
});

eachEngine("a step may have no state, no inputs, constant outputs or nothing at all", async (engine) => {
  using memory = engine.memory();
  const constant = memory.compile(() => ({
    outputs: { x: tf.tensor2d([[1, 2]]), y: tf.scalar(3, "int32") },
  }));
  assertEquals(await constant.run({}), { x: float32([1, 2], [1, 2]), y: int32([], [3]) });
  assertEquals(await memory.compile(() => ({ outputs: {} })).run({ x: one }), {});
});

eachEngine("an input may be empty", async (engine) => {
  using memory = engine.memory();
  const program = memory.compile((_, { x, y }) => ({ outputs: { x, joined: tf.concat([x, y]) } }));
  const outputs = await program.run({ x: float32([0, 2], []), y: float32([1, 2], [3, 4]) });
  assertEquals(outputs, { x: float32([0, 2], []), joined: float32([1, 2], [3, 4]) });
});

nativeTest("a step is traced once for each set of input shapes and types", async (engine) => {
  using memory = engine.memory();
  let tracings = 0;
  const program = memory.compile((_, { x, y }) => {
    tracings++;
    return { outputs: { sum: tf.sum(tf.add(x, y)) } };
  });
  const sums: number[] = [];
  for (const size of [2, 3, 2, 3, 2]) {
    const x = float32([size], new Float32Array(size).fill(size));
    sums.push((await program.run({ x, y: one })).sum.data[0], (await program.run({ y: one, x })).sum.data[0]);
  }
  assertEquals(sums, [6, 6, 12, 12, 6, 6, 12, 12, 6, 6]);
  assertEquals(tracings, 2);
  await program.run({ x: int32([2], [1, 1]), y: int32([], [1]) });
  assertEquals(tracings, 3);
});

nativeTest("runs that are not awaited take turns in the order they were asked for", async (engine) => {
  using memory = engine.memory();
  await memory.put("total", float32([], [0]));
  const program = memory.compile(({ total }, { x }) => ({
    state: { total: tf.add(tf.mul(total, 2), x) },
    outputs: { total },
  }));
  const runs = [1, 0, 1, 1].map((x) => program.run({ x: float32([], [x]) }));
  const between = memory.get("total");
  runs.push(program.run({ x: one }));
  assertEquals((await Promise.all(runs)).map(({ total }) => total.data[0]), [0, 1, 2, 5, 11]);
  assertEquals((await between).data[0], 11);
  assertEquals((await memory.get("total")).data[0], 23);
});

nativeTest("the engine works while another backend is the current one", async (engine) => {
  using memory = engine.memory();
  await memory.put("total", one);
  await portable();
  await memory.put("total", float32([], [2]));
  assertEquals(await memory.compile(add).run({ x: one }), { double: float32([], [2]) });
  assertEquals(await memory.get("total"), float32([], [3]));
});

nativeTest("timers get their turn while a step runs", async (engine) => {
  using memory = engine.memory();
  await memory.put("a", float32([1000, 1000], new Float32Array(1e6)));
  const program = memory.compile(({ a }) => {
    let x = a;
    for (let i = 0; i < 10; i++) x = tf.matMul(x as never, a as never);
    return { outputs: { x: tf.sum(x) } };
  });
  await program.run({});
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  await program.run({});
  clearInterval(timer);
  assert(ticks > 0);
});
