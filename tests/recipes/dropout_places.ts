/** Where the published system drops, and how much: a small model, looked at node by node. */
import { build } from "../../src/dsl/build.ts";
import type { Node, Run } from "../../src/dsl/node.ts";
import { portable } from "../../src/engine/portable.ts";
import { keyed } from "../../src/base/random.ts";
import { type Tensor, tf } from "../../src/tensor.ts";
import { firstValue } from "../../src/train/start.ts";
import { posterAndPlot, type Size } from "../../recipes/mmimdb.ts";

const BATCH = 64, TOKENS = 8, HEADS = 4, FUSED = 64;
const size: Size = {
  image: { blocks: [1, 1, 1, 1], width: 2 },
  text: { vocabulary: 40, width: HEADS * TOKENS, layers: 2, heads: HEADS, positions: TOKENS },
  projection: FUSED / 2,
  heads: 8,
};
const model = build<string>((inputs, at) => posterAndPlot(size)(inputs, at, { numLabels: 5 }), {
  image: ["batch", 32, 32, 3],
  ids: ["batch", TOKENS],
  mask: ["batch", TOKENS],
});

/** What a node that draws random numbers computed. */
export interface Drawn {
  readonly node: Node;
  readonly input: Float32Array;
  readonly output: Float32Array;
  /** Paths its random numbers are keyed by. */
  readonly seeds: readonly string[];
}

const numbers = (tensor: Tensor) => tensor.dataSync<"float32">();
const seedOf = (seed: number) => (path: string) => tf.tensor1d([seed, keyed(path)], "int32");
const training = (seed: Run["seed"]): Run => ({ training: true, seed, update: () => {} });

/** Every node that draws, by path, from one pass of the whole model on the portable engine. */
export async function dropoutPass(seed: number): Promise<Map<string, Drawn>> {
  await portable();
  const drawn = new Map<string, Drawn>();
  tf.tidy(() => {
    const params = new Map(model.params.map((param) => {
      const { data, shape, dtype } = firstValue(param, 0);
      return [param, tf.tensor(data, [...shape], dtype)] as const;
    }));
    const values = new Map<string, Tensor>([
      ["image", tf.randomNormal([BATCH, 32, 32, 3], 0, 1, "float32", 1)],
      ["ids", tf.randomUniform([BATCH, TOKENS], 1, 40, "int32", 2)],
      ["mask", tf.ones([BATCH, TOKENS], "int32")],
    ]);
    const computed = new Map<Node, Tensor>();
    for (const node of model.nodes) {
      const inputs = node.inputs.map((input) => computed.get(input)!);
      const seeds: string[] = [];
      const run = training((path) => {
        seeds.push(path);
        return seedOf(seed)(path);
      });
      const value = node.inputs.length === 0
        ? values.get(node.path)!
        : node.run(inputs, node.params.map((param) => params.get(param)!), run);
      computed.set(node, value);
      if (seeds.length === 0) continue;
      if (drawn.has(node.path)) throw new Error(`"${node.path}" draws twice: the same numbers`);
      drawn.set(node.path, { node, input: numbers(inputs[0]), output: numbers(value), seeds });
    }
  });
  return drawn;
}

const layers = [0, 1].map((i) => `text_backbone.encoder.layer.${i}`);

/** Places that drop elements, with their rates. */
export const plain = new Map([
  ["text_backbone.embeddings.dropout", 0.1],
  ...layers.flatMap((layer) =>
    ["attention.output", "output"].map((part) => [`${layer}.${part}.dropout`, 0.1] as const)
  ),
  ["classifier_output_layer.2", 0.3],
]);

/** Places that drop attention probabilities, a tenth of them. */
export const attentions = layers.map((layer) => `${layer}.attention.self.dropout`);

/** Runs a node by itself on given arrays; each element is about 0 or about 1 / 0.9, which becomes 0 or 1. */
function keptOf({ node }: Drawn, make: () => { inputs: Tensor[]; params: Tensor[] }, seed: number): number[] {
  let kept: number[] = [];
  tf.tidy(() => {
    const { inputs, params } = make();
    const output = node.run(inputs, params, training(seedOf(seed)));
    kept = Array.from(numbers(output), (x) => x * 0.9);
  });
  if (kept.some((x) => Math.abs(x) > 1e-6 && Math.abs(x - 1) > 1e-5)) {
    throw new Error(`"${node.path}" gives ${kept.find((x) => x !== 0)}, which is neither 0 nor 1 / 0.9`);
  }
  return kept.map(Math.round);
}

/** Which attention probabilities a pass of this place keeps. */
export const keptProbabilities = (place: Drawn): number[] =>
  keptOf(place, () => {
    // Equal scores, and values that show every probability of a query by itself.
    const none = tf.zeros([BATCH, TOKENS, HEADS * TOKENS]);
    const value = tf.mul(tf.tile(tf.eye(TOKENS), [BATCH, HEADS]).reshape(none.shape), TOKENS);
    return { inputs: [none, none, value, tf.ones([BATCH, TOKENS], "int32")], params: [] };
  }, 1);

/** Which elements of each sample and head the fusion's attention keeps. */
export function keptHeads(place: Drawn, seed: number): number[][] {
  const kept = keptOf(place, () => {
    const bias = tf.concat([tf.zeros([2 * FUSED]), tf.ones([FUSED])]);
    const params = [tf.zeros([3 * FUSED, FUSED]), bias, tf.eye(FUSED), tf.zeros([FUSED])];
    return { inputs: [tf.ones([BATCH, 1, FUSED])], params };
  }, seed);
  const width = FUSED / size.heads;
  return Array.from({ length: BATCH * size.heads }, (_, i) => kept.slice(i * width, (i + 1) * width));
}

/** How many standard deviations the share of zeros is away from the rate. */
export function offRate(values: readonly number[], rate: number): number {
  const share = values.filter((x) => x === 0).length / values.length;
  return Math.abs(share - rate) / Math.sqrt(rate * (1 - rate) / values.length);
}
