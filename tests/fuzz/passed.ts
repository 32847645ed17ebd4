/** Our answers to questions about functions of tensors: forwards and backwards, as `reference/graph.py` gives them. */
import { float32, sizeOf, type Value, type Values } from "../../src/base/value.ts";
import type { Model } from "../../src/dsl/build.ts";
import { type Engine, type Tensor, type Tensors, tf, valueAndGradients } from "../../src/tensor.ts";
import { backwards, forwards } from "../layers/pass.ts";

/** The gradient that comes from above: numbers that are exact in float32, the same as the reference's. */
const towards = (shape: readonly number[]): Value =>
  float32(shape, Float32Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 37 + 11) % 64 - 31.5) / 16));

/** What a function and its derivatives come to. */
export interface Passed {
  readonly evaluated: Value;
  readonly output: Value;
  /** Next values of buffers. */
  readonly after: Values;
  /** Gradients. */
  readonly inputs: Values;
  readonly weights: Values;
}

/** A function of tensors by name; `differentiated` are those whose gradients are asked for. */
export async function passedThrough(
  engine: Engine,
  run: (inputs: Tensors) => Tensor,
  inputs: Values,
  differentiated: readonly string[],
): Promise<Passed> {
  using memory = engine.memory();
  const { output, ...gradients } = await memory.compile((_, given) => {
    const { gradients, aux } = valueAndGradients(() => {
      const output = run(given), { data, shape } = towards(output.shape);
      return { value: tf.sum(tf.mul(output, tf.tensor(data, [...shape]))), aux: { output } };
    }, Object.fromEntries(differentiated.map((name) => [name, given[name]])));
    return { outputs: { ...gradients, ...aux } };
  }).run(inputs);
  return { evaluated: output, output, after: {}, inputs: gradients, weights: {} };
}

/** A model whose arrays are those of `inputs` that begin with `weight/`. */
export async function passedModel(engine: Engine, model: Model, inputs: Values): Promise<Passed> {
  const entries = Object.entries(inputs), isWeight = (name: string) => name.startsWith("weight/");
  const given = Object.fromEntries(entries.filter(([name]) => !isWeight(name)));
  const arrays = Object.fromEntries(
    entries.filter(([name]) => isWeight(name)).map(([name, array]) => [name.slice("weight/".length), array]),
  );
  const { output: evaluated } = await forwards(engine, model, arrays, given, { training: false });
  const { output, updates, gradients, inputGradients } = await backwards(
    engine,
    model,
    arrays,
    given,
    towards(evaluated.shape),
  );
  return { evaluated, output, after: updates, inputs: inputGradients, weights: gradients };
}
