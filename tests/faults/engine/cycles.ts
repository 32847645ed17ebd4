/** Ways to use an engine badly. Each is one cycle: it makes, breaks and gives back, and must leave the engine as it was. */
import { assertEquals, assertRejects } from "@std/assert";
import { type Engine, float32, int32, type Values } from "../../../mod.ts";
import { type Memory, type Step, type Tensor, tf, valueAndGradients } from "../../../src/tensor.ts";

const one = float32([], [1]);
const table = float32([4, 2], [1, 2, 3, 4, 5, 6, 7, 8]);

const add: Step = ({ w }, { x }) => ({ state: { w: tf.add(w, x) }, outputs: { sum: tf.sum(w) } });

/** A memory with one array, given back at the end. */
async function withMemory(engine: Engine, work: (memory: Memory) => Promise<unknown>): Promise<void> {
  using memory = engine.memory();
  await memory.put("w", table);
  await work(memory);
}

/** The work is refused, and the memory goes on as if it had not been asked for. */
const refusedThenGoesOn = (engine: Engine, work: (memory: Memory) => Promise<unknown>) =>
  withMemory(engine, async (memory) => {
    await assertRejects(() => work(memory), Error);
    assertEquals((await memory.compile(add).run({ x: one })).sum.data[0], 36);
    assertEquals((await memory.get("w")).data[0], 2);
  });

const run = (memory: Memory, step: Step, inputs: Values = {}) => memory.compile(step).run(inputs);

/** One cycle of each kind, by what it does. */
export const cycles: Readonly<Record<string, (engine: Engine) => Promise<void>>> = {
  "create, run and dispose": (engine) =>
    withMemory(engine, async (memory) => {
      const program = memory.compile(add);
      for (let i = 0; i < 2; i++) await program.run({ x: one });
      assertEquals((await memory.get("w")).data[0], 3);
    }),
  "a step throws": (engine) =>
    refusedThenGoesOn(engine, (memory) =>
      run(memory, (state, inputs) => {
        add(state, { x: inputs.x ?? tf.scalar(1) });
        throw new RangeError("on purpose");
      })),
  "a step throws inside its gradient": (engine) =>
    refusedThenGoesOn(engine, (memory) =>
      run(memory, ({ w }) => {
        const { gradients } = valueAndGradients(() => {
          const y = tf.relu(tf.matMul(w, w, true));
          return { value: tf.sum(tf.reshape(y, [3])), aux: { y } };
        }, { w });
        return { outputs: gradients };
      })),
  "an operation refuses its shapes": (engine) =>
    refusedThenGoesOn(
      engine,
      (memory) => run(memory, ({ w }) => ({ outputs: { y: tf.matMul(w as never, tf.zeros([3, 3])) } })),
    ),
  "new state of another shape": (engine) =>
    refusedThenGoesOn(engine, (memory) => run(memory, ({ w }) => ({ state: { w: tf.sum(w) }, outputs: {} }))),
  "an input whose numbers do not fill its shape": (engine) =>
    refusedThenGoesOn(engine, (memory) => run(memory, add, { x: float32([1000], [1]) })),
  "an array of that name is not there": (engine) => refusedThenGoesOn(engine, (memory) => memory.get("v")),
  "a tensor of a step is used after it": async (engine) => {
    let kept: Tensor | undefined;
    await withMemory(engine, async (memory) => {
      await run(memory, ({ w }) => ({ outputs: { y: kept = tf.add(w, 1) } }));
      await assertRejects(() => run(memory, ({ w }) => ({ outputs: { y: tf.add(w, kept!) } })), Error);
    });
    await assertRejects(
      () => Promise.resolve().then(() => tf.tidy(() => tf.add(kept!, 1).dataSync())),
      Error,
    );
  },
  "a step disposes of what it was given, twice": (engine) =>
    withMemory(engine, async (memory) => {
      await run(memory, ({ w }) => {
        const y = tf.add(w, 1), z = tf.add(y, 1);
        y.dispose();
        y.dispose();
        return { outputs: { z } };
      });
      assertEquals((await memory.get("w")).data[0], 1);
    }),
  "a memory is disposed of twice, and used after it": async (engine) => {
    const memory = engine.memory();
    await memory.put("w", table);
    const program = memory.compile(add);
    await program.run({ x: one });
    memory[Symbol.dispose]();
    memory[Symbol.dispose]();
    for (const use of [() => program.run({ x: one }), () => memory.get("w"), () => memory.put("w", table)]) {
      await assertRejects(use, Error);
    }
  },
  "a memory is disposed of while its steps run": async (engine) => {
    const memory = engine.memory();
    await memory.put("w", table);
    const program = memory.compile(add);
    const runs = [program.run({ x: one }), program.run({ x: one }), memory.get("w")];
    memory[Symbol.dispose]();
    await Promise.all(runs);
    await assertRejects(() => program.run({ x: one }), Error);
  },
  "a step is run inside another": (engine) =>
    withMemory(engine, async (memory) => {
      const inner = memory.compile(add);
      let refused: Promise<unknown> = Promise.resolve();
      await run(memory, (state, inputs) => {
        refused = engine.name === "portable" ? refused : assertRejects(() => inner.run({ x: one }), Error);
        return add(state, inputs);
      }, { x: one });
      await refused;
    }),
  "operations outside a step throw": async () => {
    await assertRejects(async () => {
      await Promise.resolve();
      tf.tidy(() => tf.reshape(tf.add(tf.ones([2, 2]), 1), [3]));
    }, Error);
  },
  "an id outside a table": (engine) =>
    withMemory(engine, async (memory) => {
      const look = memory.compile(({ w }, { ids }) => ({
        outputs: { rows: tf.gather(w as never, ids as never) as Tensor },
      }));
      const asked = look.run({ ids: int32([1], [4]) });
      await (engine.name === "portable" ? asked.catch(() => {}) : assertRejects(() => asked, Error));
      assertEquals((await look.run({ ids: int32([1], [3]) })).rows.data[0], 7);
    }),
};
