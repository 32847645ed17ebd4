import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { float32, int32, type Value } from "../../src/base/value.ts";
import { tf } from "../../src/engine/tfjs.ts";
import { eachEngine } from "./each.ts";
import { native, nativeTest } from "./native.ts";

const values: readonly (readonly [what: string, value: Value])[] = [
  ["a float32 matrix", float32([2, 3], [1.5, -2, 0, 1e-38, 3e38, Infinity])],
  ["NaN and -0", float32([2], [NaN, -0])],
  ["an int32 array", int32([2, 2], [2 ** 31 - 1, -(2 ** 31), 0, -1])],
  ["a float32 scalar", float32([], [2.5])],
  ["an int32 scalar", int32([], [7])],
  ["an empty vector", float32([0], [])],
  ["an empty matrix", int32([3, 0, 2], [])],
  ["an array of five axes", float32([1, 2, 1, 2, 1], [1, 2, 3, 4])],
];

for (const [what, value] of values) {
  eachEngine(`${what} comes back as it was put, before and after a step`, async (engine) => {
    using memory = engine.memory();
    await memory.put("a", value);
    assertEquals(await memory.get("a"), value);
    await memory.put("b", int32([], [1]));
    await memory.compile(({ b }) => ({ state: { b: tf.add(b, b) }, outputs: {} })).run({});
    assertEquals(await memory.get("a"), value);
    assertEquals(await memory.get("b"), int32([], [2]));
  });
}

nativeTest("an array larger than a group and many small ones come back as they were put", async (engine) => {
  using memory = engine.memory();
  const large = (start: number) => Float32Array.from({ length: 18 * 2 ** 20 }, (_, i) => start + i % 1000); // 72 MiB
  const [first, second] = [large(0), large(5)];
  await memory.put("m", float32([18, 2 ** 20], first));
  for (let i = 0; i < 300; i++) await memory.put(`small.${i}`, float32([2], [i, -i]));
  await memory.put("z", float32([2 ** 20, 18], second));
  assertEquals(memory.names.length, 302);
  const same = (found: ArrayLike<number>, expected: Float32Array) => expected.every((x, i) => x === found[i]);
  assert(same((await memory.get("z")).data, second));
  for (let i = 299; i >= 0; i--) assertEquals(await memory.get(`small.${i}`), float32([2], [i, -i]));
  assert(same((await memory.get("m")).data, first));
});

eachEngine("what was put last counts, at once and after a step", async (engine) => {
  using memory = engine.memory();
  const program = memory.compile(({ a }) => ({ outputs: { a } }));
  for (const x of [1, 2, 3]) {
    await memory.put("a", float32([1], [x - 0.5]));
    await memory.put("a", float32([1], [x]));
    assertEquals(await memory.get("a"), float32([1], [x]));
    assertEquals(await program.run({}), { a: float32([1], [x]) });
  }
});

eachEngine(
  "what is read after a step is what the step left, also beside what was read before",
  async (engine) => {
    using memory = engine.memory();
    for (const name of ["a", "b"]) await memory.put(name, float32([1], [1]));
    const program = memory.compile(({ a, b }) => ({
      state: { a: tf.add(a, 1), b: tf.mul(b, 10) },
      outputs: {},
    }));
    assertEquals(await memory.get("a"), float32([1], [1]));
    await program.run({});
    assertEquals(await memory.get("b"), float32([1], [10]));
    assertEquals(await memory.get("a"), float32([1], [2]));
  },
);

eachEngine(
  "the memory has numbers of its own: changing what was put or got changes nothing",
  async (engine) => {
    using memory = engine.memory();
    const data = Float32Array.of(1, 2);
    await memory.put("a", float32([2], data));
    data[0] = 50;
    const got = await memory.get("a");
    got.data[1] = 60;
    assertEquals(await memory.get("a"), float32([2], [1, 2]));
  },
);

eachEngine("names are in the order they were first put", async (engine) => {
  using memory = engine.memory();
  for (const name of ["b", "a", "layer4.0.conv1.weight", "a"]) await memory.put(name, float32([], [1]));
  assertEquals(memory.names, ["b", "a", "layer4.0.conv1.weight"]);
});

eachEngine("memories share nothing, not even for a name that both have", async (engine) => {
  using memory = engine.memory();
  using other = engine.memory();
  await memory.put("a", float32([], [1]));
  await other.put("a", float32([3], [4, 5, 6]));
  await memory.compile(({ a }) => ({ state: { a: tf.add(a, 1) }, outputs: {} })).run({});
  assertEquals(await memory.get("a"), float32([], [2]));
  assertEquals(await other.get("a"), float32([3], [4, 5, 6]));
});

eachEngine("a name that is not there cannot be read", async (engine) => {
  using memory = engine.memory();
  await assertRejects(
    () => memory.get("a"),
    OnesheetError,
    'Cannot read "a": the memory holds no array of that name',
  );
});

eachEngine(
  "put refuses another shape, another type and numbers that do not fill the shape",
  async (engine) => {
    using memory = engine.memory();
    await memory.put("a", float32([2, 3], [1, 2, 3, 4, 5, 6]));
    for (
      const [value, sentence] of [
        [float32([3, 2], [1, 2, 3, 4, 5, 6]), "expected float32 [2, 3], found float32 [3, 2]"],
        [float32([6], [1, 2, 3, 4, 5, 6]), "expected float32 [2, 3], found float32 [6]"],
        [int32([2, 3], [1, 2, 3, 4, 5, 6]), "expected float32 [2, 3], found int32 [2, 3]"],
        [float32([2, 3], [1, 2]), "expected 6 numbers for [2, 3], found 2"],
        [float32([2, 3], [1, 2, 3, 4, 5, 6, 7]), "expected 6 numbers for [2, 3], found 7"],
      ] as const
    ) {
      await assertRejects(() => memory.put("a", value), OnesheetError, `Cannot put "a": ${sentence}`);
    }
    await assertRejects(() => memory.put("b", float32([1000], [1])), OnesheetError, 'Cannot put "b"');
    assertEquals(memory.names, ["a"]);
    assertEquals(await memory.get("a"), float32([2, 3], [1, 2, 3, 4, 5, 6]));
  },
);

nativeTest("a disposed memory refuses all work in a sentence and may be disposed again", async (engine) => {
  const before = engine.holdings();
  const memory = engine.memory();
  await memory.put("a", float32([], [1]));
  const program = memory.compile(({ a }) => ({ outputs: { a } }));
  await program.run({});
  memory[Symbol.dispose]();
  memory[Symbol.dispose]();
  assertEquals(engine.holdings(), before);
  const works = [() => memory.get("a"), () => memory.put("a", float32([], [2])), () => program.run({})];
  for (const work of works) {
    await assertRejects<OnesheetError>(
      work,
      OnesheetError,
      "Cannot use the memory: it has been disposed",
    );
  }
});

nativeTest("a memory that is disposed while a step runs lets the step end first", async (engine) => {
  const before = engine.holdings();
  const memory = engine.memory();
  await memory.put("a", float32([400, 400], new Float32Array(160_000).fill(1)));
  const program = memory.compile(({ a }) => {
    let product = a;
    for (let i = 0; i < 8; i++) product = tf.mul(tf.matMul(product as never, a as never), 1 / 400);
    return { outputs: { corner: tf.slice(product, [0, 0], [1, 1]) } };
  });
  await program.run({});
  const running = program.run({});
  await new Promise((resolve) => setTimeout(resolve, 1));
  memory[Symbol.dispose]();
  const { corner: { data: [number] } } = await running;
  assert(Math.abs(number - 1) < 1e-5, `${number}`);
  assertEquals(engine.holdings(), before);
});

nativeTest("the engine opens once and says what it is", (engine) => {
  assertStrictEquals(native(), engine);
  assertEquals(engine.name, "tensorflow");
  assert(
    /^libtensorflow 2\.\d+\.\d+ on (CPU|GPU), \d+ threads?$/.test(engine.description),
    engine.description,
  );
});
