import type { Tensor } from "@tensorflow/tfjs";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { float32 } from "../../src/base/value.ts";
import type { Binding } from "../../src/engine/binding.ts";
import { DT } from "../../src/engine/dtype.ts";
import { tf } from "../../src/engine/tfjs.ts";
import { nativeTest } from "./native.ts";

/** The binding under tfjs's current backend. */
const binding = (): Binding => (tf.backend() as unknown as { binding: Binding }).binding;

nativeTest("a constant made outside can be used eagerly, in a tracing, and eagerly again", async (engine) => {
  const before = engine.holdings();
  const constant = tf.tensor1d([1, 2, 3]);
  const eager = () => tf.tidy(() => tf.mul(constant, 2).dataSync());
  {
    using memory = engine.memory();
    const program = memory.compile((_, { x }) => ({ outputs: { y: tf.add(constant, x), c: constant } }));
    const run = async () => await program.run({ x: float32([], [10]) });
    const traced = { y: float32([3], [11, 12, 13]), c: float32([3], [1, 2, 3]) };
    assertEquals(eager(), Float32Array.of(2, 4, 6));
    assertEquals(await run(), traced);
    assertEquals(eager(), Float32Array.of(2, 4, 6));
    assertEquals(await run(), traced);
  }
  using other = engine.memory();
  const sum = other.compile(() => ({ outputs: { sum: tf.sum(constant) } }));
  assertEquals(await sum.run({}), { sum: float32([], [6]) });
  constant.dispose();
  other[Symbol.dispose]();
  assertEquals(engine.holdings(), before);
});

nativeTest("a result computed eagerly enters a tracing as a constant", async (engine) => {
  const computed = tf.tidy(() => tf.square(tf.tensor1d([1, 2, 3])));
  using memory = engine.memory();
  const program = memory.compile((_, { x }) => ({ outputs: { y: tf.add(computed, x) } }));
  assertEquals((await program.run({ x: float32([], [1]) })).y, float32([3], [2, 5, 10]));
  computed.dispose();
  assertEquals((await program.run({ x: float32([], [2]) })).y, float32([3], [3, 6, 11]));
});

nativeTest(
  "a constant made and kept in a tracing can be read there and used eagerly afterwards",
  async (engine) => {
    const before = engine.holdings();
    let kept: Tensor | undefined;
    {
      using memory = engine.memory();
      const program = memory.compile((_, { x }) => {
        const constant = kept = tf.keep(tf.tensor1d([1, 2, 3]));
        assertEquals(constant.dataSync(), Float32Array.of(1, 2, 3));
        return { outputs: { y: tf.mul(constant, x) } };
      });
      assertEquals((await program.run({ x: float32([], [3]) })).y, float32([3], [3, 6, 9]));
      assertEquals(tf.tidy(() => tf.add(kept!, 1).dataSync()), Float32Array.of(2, 3, 4));
    }
    assertEquals(tf.tidy(() => tf.add(kept!, 1).dataSync()), Float32Array.of(2, 3, 4));
    kept!.dispose();
    assertEquals(engine.holdings(), before);
  },
);

nativeTest(
  "a traced result that outlives its tracing is refused in a sentence wherever it is used",
  async (engine) => {
    using memory = engine.memory();
    let kept: Tensor | undefined;
    await memory.compile((_, { x }) => {
      kept = tf.keep(tf.add(x, 1));
      return { outputs: {} };
    }).run({ x: float32([], [1]) });
    const sentence =
      "Cannot read a tensor while its step is being traced: its value is known only when it runs";
    assertThrows(() => kept!.dataSync(), OnesheetError, sentence);
    assertThrows(() => tf.tidy(() => tf.add(kept!, 1)), OnesheetError, sentence);
    let thrown: unknown;
    await memory.compile(() => ({ outputs: { y: tf.add(kept!, 1) } })).run({}).catch((error) =>
      thrown = error
    );
    assert(thrown instanceof OnesheetError && thrown.message === sentence, `${thrown}`);
    kept!.dispose();
  },
);

nativeTest("a tensor that was deleted is refused in a sentence", () => {
  const id = binding().createTensor([2], DT.FLOAT, [1, 2]);
  assertEquals(binding().tensorDataSync(id), Float32Array.of(1, 2));
  binding().deleteTensor(id);
  const sentence = `Cannot use tensor ${id}: it has been disposed`;
  assertThrows(() => binding().tensorDataSync(id), OnesheetError, sentence);
  assertThrows(() => binding().executeOp("Square", [], [id], 1), OnesheetError, sentence);
  assertThrows(() => binding().deleteTensor(id), OnesheetError, sentence);
});

nativeTest("numbers of every type go in and come out as they were", () => {
  for (
    const [dtype, values] of [
      [DT.FLOAT, Float32Array.of(1.5, -2)],
      [DT.INT32, Int32Array.of(2 ** 31 - 1, -1)],
      [DT.BOOL, Uint8Array.of(0, 1)],
      [DT.UINT8, Uint8Array.of(0, 255)],
      [DT.INT64, BigInt64Array.of(2n ** 40n, -1n)],
    ] as const
  ) {
    const id = binding().createTensor([2], dtype, values as unknown as ArrayLike<number>);
    const attributes = [{ name: "T", type: 4, value: dtype }];
    const [copy] = binding().executeOp("Identity", attributes, [id], 1);
    assertEquals([copy.shape, copy.dtype], [[2], dtype]);
    assertEquals(binding().tensorDataSync(copy.id), values);
    for (const each of [id, copy.id]) binding().deleteTensor(each);
  }
  assertThrows(
    () => binding().createTensor([1], DT.STRING, [1]),
    TypeError,
    "Cannot hold values of TF_DataType 7",
  );
});

nativeTest("large uniform constants give the same results traced as eager", async (engine) => {
  const make = () => ({
    ones: tf.sum(tf.ones([300, 40])),
    halves: tf.mean(tf.fill([70], 0.5)),
    zeros: tf.zeros([65]),
    negative: tf.div(1, tf.fill([65], -0)),
    almost: tf.sum(tf.tensor1d([...new Array(99).fill(2), 3])),
    counts: tf.fill([66], 7, "int32"),
    truths: tf.cast(tf.fill([5, 20], 1, "bool"), "float32"),
    invalid: tf.fill([80], NaN),
  });
  const expected: Record<string, ArrayLike<number>> = {};
  tf.tidy(() => {
    for (const [name, tensor] of Object.entries(make())) expected[name] = tensor.dataSync();
  });
  using memory = engine.memory();
  const traced = await memory.compile(() => ({ outputs: make() })).run({});
  assertEquals(expected.negative[0], -Infinity);
  for (const [name, value] of Object.entries(traced)) assertEquals(value.data, expected[name], name);
});
