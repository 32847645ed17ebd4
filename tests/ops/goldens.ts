/** Runs the operations on PyTorch's cases (tests/golden/ops) in every way there is. */
import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import type { Value, Values } from "../../src/base/value.ts";
import { portable } from "../../src/engine/portable.ts";
import { openSafetensors } from "../../src/store/safetensors.ts";
import { type Engine, type Step, type Tensors, tf, valueAndGradients } from "../../src/tensor.ts";
import { nativeTest } from "../engine/native.ts";
import { assertClose } from "../engine/portable/support.ts";

/** Numbers by name: strides, paddings, epsilons. */
export type Options = Readonly<Record<string, number>>;

/** An operation under test: tensors by name in and out, the output with the gradient first. */
export type Operation = (inputs: Tensors, options: Options) => Tensors;

interface Case {
  readonly name: string;
  readonly op: string;
  readonly options: Options;
}

using file = await openSafetensors(fileURLToPath(new URL("../golden/ops/ops.safetensors", import.meta.url)));
const cases: readonly Case[] = JSON.parse(file.metadata.cases);
const goldens = new Map<string, Value>();
for (const name of file.entries.keys()) goldens.set(name, await file.read(name));

/** The golden values under a prefix, by the rest of their names. */
const under = (prefix: string): Values =>
  Object.fromEntries(
    [...goldens].flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : []
    ),
  );

/** Outputs of the operation, `out/` by name, and gradients of sum(first output * upstream), `grad/` by name. */
const stepOf = (run: Operation, options: Options, wanted: readonly string[]): Step => (_, inputs) => {
  const { upstream, ...tensors } = inputs;
  const { gradients, aux } = valueAndGradients(
    () => {
      const outputs = run(tensors, options);
      const [first] = Object.values(outputs);
      return { value: tf.sum(tf.mul(first, upstream)), aux: outputs };
    },
    Object.fromEntries(wanted.map((name) => [name, tensors[name]])),
  );
  const named = (prefix: string, tensors: Tensors) =>
    Object.entries(tensors).map(([name, tensor]) => [prefix + name, tensor] as const);
  return { outputs: Object.fromEntries([...named("out/", aux), ...named("grad/", gradients)]) };
};

/** A way to run a step once without state. */
type Way = (engine: Engine, step: Step, inputs: Values) => Promise<Values>;

const compiled: Way = async (engine, step, inputs) => {
  using memory = engine.memory();
  return await memory.compile(step).run(inputs);
};

const eager: Way = (_, step, inputs) => {
  const tensors = Object.entries(inputs).map(([name, { data, shape, dtype }]) =>
    [name, tf.tensor(data, [...shape], dtype)] as const
  );
  const found: Record<string, Value> = {};
  try {
    tf.tidy(() => {
      for (const [name, tensor] of Object.entries(step({}, Object.fromEntries(tensors)).outputs)) {
        found[name] = { dtype: "float32", shape: tensor.shape, data: tensor.dataSync<"float32">() };
      }
    });
  } finally {
    tf.dispose(tensors.map(([_, tensor]) => tensor));
  }
  return Promise.resolve(found);
};

async function check(engine: Engine, way: Way, run: Operation, each: Case, tolerance: number): Promise<void> {
  const { name, options } = each;
  const expected = Object.fromEntries(
    Object.entries(under(`${name}/`)).filter(([part]) => /^(out|grad)\//.test(part)),
  );
  const inputs = { ...under(`${name}/in/`), upstream: goldens.get(`${name}/upstream`)! };
  const before = engine.holdings();
  const found = await way(engine, stepOf(run, options, Object.keys(under(`${name}/grad/`))), inputs);
  assertEquals(engine.holdings(), before);
  assertEquals(Object.keys(found).sort(), Object.keys(expected).sort());
  for (const [part, { shape, data }] of Object.entries(expected)) {
    assertEquals(found[part].shape, shape, part);
    assertClose(found[part].data, data, tolerance);
  }
}

/**
 * A test for each golden case of an operation and each way to run it: value and gradients equal PyTorch's.
 *
 * @param tolerance how far a number may be off, relative where it is above 1
 */
export function goldenTests(op: string, run: Operation, tolerance = 5e-6): void {
  const ours = cases.filter((each) => each.op === op);
  if (ours.length === 0) throw new Error(`no golden case of ${op}`);
  for (const each of ours) {
    const title = `${each.name} has PyTorch's values and gradients`;
    nativeTest(`${title} (tensorflow, eager)`, (engine) => check(engine, eager, run, each, tolerance));
    nativeTest(`${title} (tensorflow, traced)`, (engine) => check(engine, compiled, run, each, tolerance));
    Deno.test(`${title} (portable)`, async () => check(await portable(), compiled, run, each, tolerance));
  }
}
