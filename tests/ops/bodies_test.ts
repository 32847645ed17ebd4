/**
 * Element-by-element work is compiled once for each name: the same operation with other settings, at the same shapes in
 * the same step, must have a body of its own.
 */
import { assertEquals } from "@std/assert";
import { float32, int32, type Values } from "../../src/base/value.ts";
import { leakyRelu } from "../../src/ops/activation.ts";
import { attention } from "../../src/ops/attention.ts";
import { dropout } from "../../src/ops/dropout.ts";
import { layerNorm } from "../../src/ops/layer_norm.ts";
import { type Engine, type Tensor, type Tensors, tf, valueAndGradients } from "../../src/tensor.ts";
import { eachEngine } from "../engine/each.ts";
import { numbers } from "../engine/portable/support.ts";

const array = (key: string, shape: readonly number[]) => float32(shape, numbers(key, shape));
const inputs: Values = {
  x: array("x", [2, 3, 8]),
  weight: array("weight", [8]),
  bias: array("bias", [8]),
  mask: int32([2, 3], [1, 1, 0, 1, 0, 0]),
  seed: int32([2], [3, 4]),
};

type Operation = (inputs: Tensors) => Tensor;

/** By name: operations that differ in one setting. */
const pairs: Readonly<Record<string, readonly Operation[]>> = {
  "layerNorm with another epsilon": [1e-5, 0.5].map((epsilon): Operation => ({ x, weight, bias }) =>
    layerNorm(x, weight, bias, epsilon)
  ),
  "leakyRelu with another slope": [0.1, 0.6].map((slope): Operation => ({ x }) => leakyRelu(x, slope)),
  "dropout with another rate": [0.2, 0.7].map((rate): Operation => ({ x, seed }) => dropout(x, rate, seed)),
  "attention with another scale": [2, 2].map((heads, i): Operation => ({ x }) => {
    const wide = i === 0 ? x : tf.concat([x, x], -1); // the same scores' shape, of heads twice as large
    return tf.slice(attention(wide, wide, wide, heads), [0, 0, 0], [2, 3, 8]);
  }),
  "attention with and without a mask": [true, false].map((masked): Operation => ({ x, mask }) =>
    attention(x, x, x, 2, masked ? { mask } : {})
  ),
  "attention with another dropout rate": [0.2, 0.7].map((rate): Operation => ({ x, seed }) =>
    attention(x, x, x, 2, { dropout: { rate, seed } })
  ),
};

/** Values and gradients of operations, all in one step. */
async function together(engine: Engine, operations: readonly Operation[]): Promise<Values[]> {
  using memory = engine.memory();
  const found = await memory.compile((_, inputs) => {
    const outputs = operations.map((run, i) => {
      const { gradients, aux } = valueAndGradients(() => {
        const y = run(inputs);
        return { value: tf.sum(tf.square(y)), aux: { y } };
      }, { x: inputs.x });
      return [[`${i} y`, aux.y], [`${i} x`, gradients.x]] as const;
    });
    return { outputs: Object.fromEntries(outputs.flat()) };
  }).run(inputs);
  return operations.map((_, i) => ({ y: found[`${i} y`], x: found[`${i} x`] }));
}

for (const [name, operations] of Object.entries(pairs)) {
  eachEngine(`${name} in one step: each computes what it computes alone`, async (engine) => {
    const alone: Values[] = [];
    for (const operation of operations) alone.push(...await together(engine, [operation]));
    for (const order of [operations, operations.toReversed()]) {
      const found = await together(engine, order);
      assertEquals(order === operations ? found : found.toReversed(), alone);
    }
  });
}
