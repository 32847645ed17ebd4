/** One pass of a model on an engine, forwards or both ways, from numbers to numbers. */
import { random } from "../../src/base/random.ts";
import { float32, int32, sizeOf, type Value, type Values } from "../../src/base/value.ts";
import type { Model } from "../../src/dsl/build.ts";
import { toEngine, toFile } from "../../src/store/layout.ts";
import { type Engine, type Memory, type Step, tf, valueAndGradients } from "../../src/tensor.ts";
import { firstValue } from "../../src/train/start.ts";

/** How a pass is run. */
export interface PassOptions {
  readonly training: boolean;
  readonly seed?: number;
}

/** What a pass gave. Arrays of parameters have PyTorch's layout. */
export interface Passed {
  readonly output: Value;
  /** Next values of buffers, by name. */
  readonly updates: Values;
}

/** Numbers in [-1, 1), the same for the same key. */
export function numbers(key: string, shape: readonly number[]): Value {
  const stream = random(key);
  return float32(shape, Array.from({ length: sizeOf(shape) }, () => stream.uniform(-1, 1)));
}

/** First values of every array of a model, in PyTorch's layout. */
export const firstValues = (model: Model, seed: number): Values =>
  Object.fromEntries(model.params.map((p) => [p.name, toFile(firstValue(p, seed), p)]));

async function put(memory: Memory, model: Model, arrays: Values): Promise<void> {
  for (const param of model.params) await memory.put(param.name, toEngine(arrays[param.name], param));
}

/** The arrays among `values` that are parameters, in PyTorch's layout. */
const inFiles = (model: Model, values: Values): Values =>
  Object.fromEntries(
    model.params.filter(({ name }) => values[name]).map((p) => [p.name, toFile(values[p.name], p)]),
  );

const seeded = (inputs: Values, { seed }: PassOptions): Values =>
  seed === undefined ? inputs : { ...inputs, seed: int32([], [seed]) };

/** Runs a model forwards. */
export async function forwards(
  engine: Engine,
  model: Model,
  arrays: Values,
  inputs: Values,
  options: PassOptions,
): Promise<Passed> {
  using memory = engine.memory();
  await put(memory, model, arrays);
  const { training } = options;
  const step: Step = (state, { seed, ...given }) => {
    const { output, updates } = model.apply(state, given, { training, ...(seed && { seed }) });
    return { outputs: { ...updates, "/output": output } };
  };
  const { "/output": output, ...updates } = await memory.compile(step).run(seeded(inputs, options));
  return { output, updates: inFiles(model, updates) };
}

/** What a pass both ways gave: also the gradients of every weight and of every float32 input, by name. */
export interface Differentiated extends Passed {
  readonly gradients: Values;
  readonly inputGradients: Values;
}

/** Runs a model in training, without a seed, and the gradient `towards` its output back through it. */
export async function backwards(
  engine: Engine,
  model: Model,
  arrays: Values,
  inputs: Values,
  towards: Value,
): Promise<Differentiated> {
  using memory = engine.memory();
  await put(memory, model, arrays);
  const weights = model.params.filter(({ kind }) => kind === "weight").map(({ name }) => name);
  const floats = Object.keys(inputs).filter((name) => inputs[name].dtype === "float32");
  const step: Step = (state, { "/towards": towards, ...given }) => {
    const wanted = {
      ...Object.fromEntries(weights.map((name) => [name, state[name]])),
      ...Object.fromEntries(floats.map((name) => [`/input/${name}`, given[name]])),
    };
    const { gradients, aux } = valueAndGradients(() => {
      const { output, updates } = model.apply(state, given, { training: true });
      return { value: tf.sum(tf.mul(output, towards)), aux: { ...updates, "/output": output } };
    }, wanted);
    const named = Object.entries(gradients).map(([name, gradient]) =>
      [`/gradient/${name}`, gradient] as const
    );
    return { outputs: { ...aux, ...Object.fromEntries(named) } };
  };
  const { "/output": output, ...rest } = await memory.compile(step).run({ ...inputs, "/towards": towards });
  const under = (prefix: string): Values =>
    Object.fromEntries(
      Object.entries(rest).filter(([name]) => name.startsWith(prefix)).map((
        [name, value],
      ) => [name.slice(prefix.length), value]),
    );
  return {
    output,
    updates: inFiles(model, rest),
    gradients: inFiles(model, under("/gradient/")),
    inputGradients: under("/gradient//input/"),
  };
}
