/** From gradients to the next state, by an optimizer whose step is plain to see. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { float32, type Values } from "../../src/base/value.ts";
import { type Engine, tf } from "../../src/tensor.ts";
import type { Optimizer } from "../../src/train/optimizer.ts";
import { AVERAGE, momentName, scalarName, updated, type UpdateParts } from "../../src/train/update.ts";
import { eachEngine } from "../engine/each.ts";

/** The parameter minus rate times the gradient; its moment is the gradient plus the weight decay, 7 by default. */
const plain: Optimizer = {
  moments: ["seen"],
  scalars: (rate) => ({ rate }),
  update: (parameter, _, gradient, { rate }, weightDecay = 7) => [
    tf.sub(parameter, tf.mul(gradient, rate)),
    tf.add(gradient, weightDecay),
  ],
};

const parts: UpdateParts = { optimizer: plain, treatments: new Map(), waits: new Map() };

/** The next state of parameters `a` [10, 20] and `b` [30] by gradients. */
async function stepped(
  engine: Engine,
  changes: Partial<UpdateParts>,
  gradients: Values,
  scalars: Readonly<Record<string, number>> = { rate: 1 },
): Promise<Readonly<Record<string, readonly number[]>>> {
  using memory = engine.memory();
  const first = { a: [10, 20], b: [30] };
  for (const [name, data] of Object.entries(first)) {
    await memory.put(name, float32([data.length], data));
    for (const moment of ["seen", AVERAGE]) {
      await memory.put(momentName(moment, name), float32([data.length], data.map(() => 1)));
    }
  }
  const numbers = Object.entries(scalars).map(([name, x]) => [`/${name}`, float32([], [x])]);
  const program = memory.compile((state, inputs) => {
    const part = (isScalar: boolean) =>
      Object.fromEntries(
        Object.entries(inputs).filter(([name]) => name.startsWith("/") === isScalar)
          .map(([name, x]) => [isScalar ? name.slice(1) : name, x]),
      );
    return { state: updated({ ...parts, ...changes }, state, part(false), part(true)), outputs: {} };
  });
  await program.run({ ...gradients, ...Object.fromEntries(numbers) });
  const after = memory.names.map(async (name) => [name, [...(await memory.get(name)).data]] as const);
  return Object.fromEntries(await Promise.all(after));
}

/** Of norm 13 together: 3, 4 and 12. */
const gradients: Values = { a: float32([2], [3, 4]), b: float32([1], [12]) };

const near = (found: readonly number[], expected: readonly number[]) =>
  expected.forEach((x, i) => assertAlmostEquals(found[i], x, 1e-5));

eachEngine("gradients of a norm below clipNorm stay as they are", async (engine) => {
  for (const clipNorm of [13.1, 1000]) {
    const { a, b } = await stepped(engine, { clipNorm }, gradients);
    assertEquals({ a, b }, { a: [7, 16], b: [18] });
  }
});

eachEngine("gradients of a larger norm are scaled down to it, all by one factor", async (engine) => {
  const { a, b } = await stepped(engine, { clipNorm: 1.3 }, gradients);
  near(a, [10 - 0.3, 20 - 0.4]);
  near(b, [30 - 1.2]);
});

eachEngine("gradients of 0 stay 0 where they are clipped", async (engine) => {
  const zeros = { a: float32([2], [0, 0]), b: float32([1], [0]) };
  const { a, b } = await stepped(engine, { clipNorm: 1 }, zeros);
  assertEquals({ a, b }, { a: [10, 20], b: [30] });
});

eachEngine("a group's rate and weight decay are its parameters' alone", async (engine) => {
  const treatments = new Map([["a", { rate: 0.5, weightDecay: 0 }]]);
  const found = await stepped(engine, { treatments }, gradients, { rate: 2 });
  assertEquals([found.a, found["seen/a"]], [[7, 16], [3, 4]]);
  assertEquals([found.b, found["seen/b"]], [[6], [19]]);
});

eachEngine("a group with one setting leaves the other as it is", async (engine) => {
  const treatments = new Map([["a", { rate: 0.5 }], ["b", { weightDecay: 1 }]]);
  const found = await stepped(engine, { treatments }, gradients);
  assertEquals([found.a, found["seen/a"]], [[8.5, 18], [10, 11]]);
  assertEquals([found.b, found["seen/b"]], [[18], [13]]);
});

eachEngine("a parameter that waited has the scalars of its own steps", async (engine) => {
  const scalars = { rate: 1, [scalarName("rate", 3)]: 0.25 };
  const { a, b } = await stepped(engine, { waits: new Map([["b", 3]]) }, gradients, scalars);
  assertEquals({ a, b }, { a: [7, 16], b: [27] });
});

eachEngine("a running average moves by its decay towards the weights after the step", async (engine) => {
  const found = await stepped(engine, { average: { decay: 0.75 } }, gradients);
  assertEquals(found[`${AVERAGE}/a`], [0.75 + 0.25 * 7, 0.75 + 0.25 * 16]);
  assertEquals(found[`${AVERAGE}/b`], [0.75 + 0.25 * 18]);
});

eachEngine("a parameter without a gradient stays, and so do its moments", async (engine) => {
  const found = await stepped(engine, { average: { decay: 0.75 }, clipNorm: 1 }, { b: gradients.b });
  assertEquals([found.a, found["seen/a"], found[`${AVERAGE}/a`]], [[10, 20], [1, 1], [1, 1]]);
  near(found.b, [29]);
});
