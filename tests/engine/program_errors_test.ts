import { assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { float32, int32 } from "../../src/base/value.ts";
import type { Step } from "../../src/engine/engine.ts";
import { tf } from "../../src/engine/tfjs.ts";
import { eachEngine } from "./each.ts";
import { nativeTest } from "./native.ts";

const one = float32([], [1]);

const add: Step = ({ total }, { x }) => ({
  state: { total: tf.add(total, x) },
  outputs: { double: tf.mul(x, 2) },
});

eachEngine("a step whose new state does not fit is refused and changes nothing", async (engine) => {
  using memory = engine.memory();
  await memory.put("a", float32([2], [1, 2]));
  const before = engine.holdings();
  const cases: readonly (readonly [step: Step, sentence: string])[] = [
    [({ a }) => ({ state: { a: tf.sum(a) }, outputs: {} }), '"a": expected float32 [2], found float32 []'],
    [
      ({ a }) => ({ state: { a: tf.cast(a, "int32") }, outputs: {} }),
      '"a": expected float32 [2], found int32 [2]',
    ],
    [
      ({ a }) => ({ state: { a: tf.add(a, 1), b: a }, outputs: {} }),
      '"b": the memory holds no array of that name',
    ],
  ];
  for (const [step, sentence] of cases) {
    const run = () => memory.compile(step).run({});
    await assertRejects<OnesheetError>(run, OnesheetError, `Cannot set state ${sentence}`);
  }
  assertEquals(engine.holdings(), before);
  assertEquals(await memory.get("a"), float32([2], [1, 2]));
});

eachEngine("a step that throws leaves the memory and the engine usable", async (engine) => {
  using memory = engine.memory();
  await memory.put("total", float32([], [1]));
  const before = engine.holdings();
  let fail = true;
  const program = memory.compile((state, inputs) => {
    const result = add(state, inputs);
    if (fail) throw new RangeError("not yet");
    return result;
  });
  await assertRejects(() => program.run({ x: one }), RangeError, "not yet");
  await assertRejects(() =>
    memory.compile(({ total }) => ({ outputs: { y: tf.reshape(total, [2]) } })).run({})
  );
  assertEquals(engine.holdings(), before);
  assertEquals(tf.tidy(() => tf.add(1, 1).dataSync()[0]), 2);
  fail = false;
  assertEquals(await program.run({ x: one }), { double: float32([], [2]) });
  assertEquals(await memory.get("total"), float32([], [2]));
});

nativeTest("a step that fails while it runs says why and leaves the engine usable", async (engine) => {
  using memory = engine.memory();
  await memory.put("table", float32([2, 1], [5, 6]));
  const program = memory.compile(({ table }, { ids }) => ({
    outputs: { rows: tf.gather(table, ids as never) },
  }));
  const before = engine.holdings();
  const run = (id: number) => program.run({ ids: int32([1], [id]) });
  assertEquals((await run(1)).rows, float32([1, 1], [6]));
  await assertRejects(() => run(2), OnesheetError, "Cannot run the step: indices[0] = 2 is not in [0, 2)");
  assertEquals((await run(0)).rows, float32([1, 1], [5]));
  assertEquals(engine.holdings(), before);
});

nativeTest("reading a value while a step is traced is refused in a sentence", async (engine) => {
  using memory = engine.memory();
  await memory.put("a", one);
  for (
    const read of [
      (t: { dataSync(): unknown }) => t.dataSync(),
      (t: { arraySync(): unknown }) => t.arraySync(),
    ]
  ) {
    for (const which of ["state", "input", "result"]) {
      const run = () =>
        memory.compile(({ a }, { x }) => {
          read(which === "state" ? a : which === "input" ? x : tf.add(a, x));
          return { outputs: {} };
        }).run({ x: one });
      await assertRejects<OnesheetError>(
        run,
        OnesheetError,
        "Cannot read a tensor while its step is being traced: its value is known only when it runs",
      );
    }
  }
});

nativeTest("a step cannot run a program: the inner run is refused, the outer goes on", async (engine) => {
  using memory = engine.memory();
  using other = engine.memory();
  await memory.put("total", one);
  const inner = [memory, other].map((m) => m.compile(() => ({ outputs: { x: tf.scalar(1) } })));
  const refused: Promise<unknown>[] = [];
  const outer = memory.compile((state, inputs) => {
    for (const program of inner) {
      const run = () => program.run({});
      refused.push(assertRejects<OnesheetError>(run, OnesheetError, "Cannot run a step inside another"));
    }
    return add(state, inputs);
  });
  await outer.run({ x: one });
  assertEquals((await Promise.all(refused)).length, 2);
  assertEquals(await memory.get("total"), float32([], [2]));
});

nativeTest("an input whose numbers do not fill its shape is refused in a sentence", async (engine) => {
  using memory = engine.memory();
  const program = memory.compile((_, { x }) => ({ outputs: { sum: tf.sum(x) } }));
  await assertRejects(
    () => program.run({ x: float32([1000], [1, 2]) }),
    OnesheetError,
    'Cannot use "x": expected 1000 numbers for [1000], found 2',
  );
});

nativeTest("an output whose shape depends on values is refused in a sentence", async (engine) => {
  using memory = engine.memory();
  const where = () =>
    memory.compile((_, { x }) => {
      const info = (tf.backend() as unknown as { where(x: unknown): unknown }).where(tf.greater(x, 0));
      return { outputs: { x: info as typeof x } };
    }).run({ x: one });
  await assertRejects(where, OnesheetError, "shape depends on values that are only known when it runs");
});
