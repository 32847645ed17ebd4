import { assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../../src/base/errors.ts";
import { float32, type Value } from "../../../src/base/value.ts";
import type { Engine, Memory, Step, Tensors } from "../../../src/engine/engine.ts";
import { tf } from "../../../src/engine/tfjs.ts";
import { eachEngine } from "../each.ts";
import { nativeTest } from "../native.ts";
import { assertClose, numbers, runKernel } from "../portable/support.ts";

const shape = [3, 4];
const settings = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0 };
type Settings = typeof settings;

/** Learning rate, and the gradient of step t; elements 0 and 1 show the part that epsilon and decay have. */
const rate = 0.01;
function gradient(t: number): Float32Array {
  const g = numbers(`g${t}`, shape, -0.1, 0.1);
  [g[0], g[1]] = [0, t % 2 === 0 ? 1e-8 : -3e-9];
  return g;
}

/** torch.optim.AdamW, single tensor, in its order and in float64: parameter, mean and square after `steps`. */
function reference({ beta1, beta2, epsilon, decay }: Settings, steps: number) {
  const p = Float64Array.from(numbers("p", shape));
  const [m, v] = [new Float64Array(12), new Float64Array(12)];
  for (let t = 1; t <= steps; t++) {
    const g = gradient(t);
    for (let i = 0; i < p.length; i++) {
      p[i] *= 1 - rate * decay;
      m[i] += (g[i] - m[i]) * (1 - beta1);
      v[i] = v[i] * beta2 + g[i] ** 2 * (1 - beta2);
      p[i] -= rate / (1 - beta1 ** t) * m[i] / (Math.sqrt(v[i]) / Math.sqrt(1 - beta2 ** t) + epsilon);
    }
  }
  return { p, m, v };
}

const scalar = (x: number): Value => float32([], [x]);

const inputsOf = (t: number) => ({ g: float32(shape, gradient(t)), rate: scalar(rate), step: scalar(t) });

/** [parameter, mean, square] after one step. */
const update = (state: Tensors, { g, rate, step }: Tensors, attributes: Settings) =>
  runKernel(
    "AdamW",
    { parameter: state.p, mean: state.m, square: state.v, gradient: g, rate, step },
    attributes,
  );

const stepOf = (attributes: Settings): Step => (state, inputs) => {
  const [p, m, v] = update(state, inputs, attributes);
  return { state: { p, m, v }, outputs: {} };
};

async function filled(engine: Engine): Promise<Memory> {
  const memory = engine.memory();
  await memory.put("p", float32(shape, numbers("p", shape)));
  for (const moment of ["m", "v"]) await memory.put(moment, float32(shape, new Float32Array(12)));
  return memory;
}

/** An update is at most the rate, so this is 2e-5 of it. */
const tolerance = 2e-7;

for (
  const [what, changes] of [
    ["without decay", {}],
    ["with decay", { decay: 0.05 }],
    ["with an epsilon as large as the gradients", { epsilon: 0.05, decay: 0.01 }],
    ["with other betas", { beta1: 0.5, beta2: 0.9, decay: 1e-5 }],
    ["with a beta of 0", { beta1: 0, beta2: 0.5 }],
    ["with betas near 1", { beta1: 0.9999, beta2: 0.999999 }],
    ["with a beta that is 1 in float32", { beta2: 1 - 1e-9 }],
  ] as const
) {
  const attributes = { ...settings, ...changes };
  eachEngine(`AdamW ${what} follows PyTorch's algorithm in float64 for five steps`, async (engine) => {
    using memory = await filled(engine);
    const program = memory.compile(stepOf(attributes));
    for (let t = 1; t <= 5; t++) {
      await program.run(inputsOf(t));
      const expected = reference(attributes, t);
      assertClose((await memory.get("p")).data, expected.p, tolerance);
      assertClose((await memory.get("m")).data, expected.m, tolerance);
      const scaled = (squares: ArrayLike<number>) => Array.from(squares, (x) => 1e4 * x);
      assertClose(scaled((await memory.get("v")).data), scaled(expected.v), 2e-5);
    }
  });

  nativeTest(`AdamW ${what} is the same eager and traced`, async (engine) => {
    using memory = await filled(engine);
    const program = memory.compile(stepOf(attributes));
    const start = { p: numbers("p", shape), m: new Float32Array(12), v: new Float32Array(12) };
    let now: Record<string, Float32Array> = start;
    for (let t = 1; t <= 5; t++) {
      const inputs = inputsOf(t);
      tf.tidy(() => {
        const tensors = (values: Readonly<Record<string, Value>>) =>
          Object.fromEntries(Object.entries(values).map(([k, v]) => [k, tf.tensor(v.data, [...v.shape])]));
        const state = tensors(
          Object.fromEntries(Object.entries(now).map(([k, v]) => [k, float32(shape, v)])),
        );
        const [p, m, v] = update(state, tensors(inputs), attributes).map((x) => x.dataSync<"float32">());
        now = { p, m, v };
      });
      await program.run(inputs);
      for (const [name, data] of Object.entries(now)) {
        assertClose((await memory.get(name)).data, data, tolerance);
      }
    }
  });
}

for (const decay of [0, 0.05]) {
  eachEngine(
    `around an AdamW step with decay ${decay}, the state that came in has its old numbers`,
    async (engine) => {
      using memory = await filled(engine);
      const attributes = { ...settings, decay };
      const program = memory.compile((state, inputs) => {
        const [p, m, v] = update(state, inputs, attributes);
        const [doubled, change] = [tf.mul(state.p, 2), tf.sub(p, state.p)];
        return {
          state: { p, m, v },
          outputs: { before: state.p, square: state.v, doubled, after: p, mean: m, change },
        };
      });
      for (let t = 1; t <= 20; t++) {
        const [old, oldSquare] = [(await memory.get("p")).data, await memory.get("v")];
        const { before, square, doubled, after, mean, change } = await program.run(inputsOf(t));
        assertEquals(before.data, old);
        assertEquals(square, oldSquare);
        assertEquals(doubled.data, old.map((x) => 2 * x));
        assertEquals(after, await memory.get("p"));
        assertEquals(mean, await memory.get("m"));
        assertClose(change.data, after.data.map((x, i) => x - old[i]));
      }
    },
  );
}

nativeTest("a parameter that two programs update in turn moves by both", async (engine) => {
  using memory = await filled(engine);
  const attributes = { ...settings, decay: 0.05 };
  const programs = [memory.compile(stepOf(attributes)), memory.compile(stepOf(attributes))];
  for (let t = 1; t <= 4; t++) await programs[t % 2].run(inputsOf(t));
  assertClose((await memory.get("p")).data, reference(attributes, 4).p, tolerance);
});

nativeTest("AdamW refuses a parameter or moment that is not the state as it came in", async (engine) => {
  using memory = await filled(engine);
  for (const name of ["p", "m", "v"]) {
    const run = () =>
      memory.compile((state, inputs) => {
        const [p, m, v] = update({ ...state, [name]: tf.mul(state[name], 1) }, inputs, settings);
        return { state: { p, m, v }, outputs: {} };
      }).run(inputsOf(1));
    await assertRejects<OnesheetError>(
      run,
      OnesheetError,
      "Cannot update with AdamW: the parameter and its moments must be the step's state as it came in",
    );
  }
  assertEquals((await memory.get("p")).data, numbers("p", shape));
});

nativeTest(
  "an AdamW update that the step does not return as state is refused and changes nothing",
  async (engine) => {
    using memory = await filled(engine);
    const before = engine.holdings();
    const refuse = async (missing: string, step: (updated: Tensors, state: Tensors) => ReturnType<Step>) => {
      const run = () =>
        memory.compile((state, inputs) => {
          const [p, m, v] = update(state, inputs, settings);
          return step({ p, m, v }, state);
        }).run(inputsOf(1));
      await assertRejects<OnesheetError>(
        run,
        OnesheetError,
        `Cannot trace the step: it updates "${missing}" in place`,
      );
    };
    await refuse("p", ({ p }) => ({ outputs: { p } }));
    await refuse("m", ({ p, v }) => ({ state: { p, v }, outputs: {} }));
    await refuse("p", ({ p, m, v }) => ({ state: { p: tf.add(p, 1), m, v }, outputs: {} }));
    await refuse("p", ({ m, v }, { p }) => ({ state: { p, m, v }, outputs: {} }));
    assertEquals((await memory.get("p")).data, numbers("p", shape));
    assertEquals((await memory.get("m")).data, new Float32Array(12));
    assertEquals(engine.holdings(), before);
  },
);
