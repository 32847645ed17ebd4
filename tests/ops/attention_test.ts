import { assertEquals, assertNotEquals } from "@std/assert";
import { float32, int32 } from "../../src/base/value.ts";
import { attention } from "../../src/ops/attention.ts";
import { type Engine, type Step, tf } from "../../src/tensor.ts";
import { eachEngine } from "../engine/each.ts";
import { assertClose, numbers } from "../engine/portable/support.ts";
import { goldenTests } from "./goldens.ts";

goldenTests("attention", ({ query, key, value, mask }, { heads }) => ({
  y: attention(query, key, value, heads, { mask }),
}));

const shape = [2, 3, 8];
const inputs = { x: float32(shape, numbers("x", shape)), mask: int32([2, 3], [1, 1, 1, 1, 1, 0]) };

async function run(engine: Engine, step: Step): Promise<Readonly<Record<string, ArrayLike<number>>>> {
  using memory = engine.memory();
  const outputs = await memory.compile(step).run(inputs);
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data]));
}

const seed = () => tf.tensor1d([1, 2], "int32");

eachEngine(`attention drops probabilities only when it has a seed and a rate`, async (engine) => {
  const { plain, unseeded, never, dropped } = await run(engine, (_, { x }) => ({
    outputs: {
      plain: attention(x, x, x, 2),
      unseeded: attention(x, x, x, 2, { dropout: { rate: 0.5, seed: undefined } }),
      never: attention(x, x, x, 2, { dropout: { rate: 0, seed: seed() } }),
      dropped: attention(x, x, x, 2, { dropout: { rate: 0.5, seed: seed() } }),
    },
  }));
  assertEquals(unseeded, plain);
  assertEquals(never, plain);
  assertNotEquals(dropped, plain);
});

eachEngine(`attention over one token with dropout is one draw for each sample and head`, async (engine) => {
  const { y, v } = await run(engine, (_, { x }) => {
    const v = tf.slice(x, [0, 0, 0], [2, 1, 8]);
    return { outputs: { y: attention(v, v, v, 2, { dropout: { rate: 0.5, seed: seed() } }), v } };
  });
  for (let head = 0; head < 4; head++) { // of 4 features, two in each of two samples
    const of = (data: ArrayLike<number>) => Array.from(data).slice(4 * head, 4 * head + 4);
    const factor = of(y)[0] === 0 ? 0 : 2;
    assertClose(of(y), of(v).map((value) => factor * value));
  }
});

eachEngine(`attention does not see a key that the mask hides`, async (engine) => {
  const { hidden, shorter } = await run(engine, (_, { x, mask }) => {
    const second = tf.slice(x, [1, 0, 0], [1, 3, 8]);
    const keys = tf.slice(second, [0, 0, 0], [1, 2, 8]);
    const masked = tf.slice(mask, [1, 0], [1, 3]);
    return {
      outputs: {
        hidden: attention(second, second, second, 2, { mask: masked }),
        shorter: attention(second, keys, keys, 2),
      },
    };
  });
  assertClose(hidden, shorter);
});
