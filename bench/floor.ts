/** The least time of a training step: its arithmetic over what the machine's products and convolutions reach. */
import { float32, sizeOf } from "../src/base/value.ts";
import { random } from "../src/base/random.ts";
import type { Node, Param } from "../src/dsl/node.ts";
import { convolution } from "../src/ops/convolution.ts";
import { linear } from "../src/ops/linear.ts";
import { type Engine, type Step, type Tensor, tf } from "../src/tensor.ts";
import type { Plan } from "../src/train/start.ts";

/** Floating-point operations of a step, by what they are done with; a multiplication and an addition are two. */
export interface Work {
  readonly products: number;
  readonly convolutions: number;
}

const isKernel = ({ layout }: Param): boolean => layout === "oihw";
/** A table is looked up, not multiplied with. */
const isMatrix = ({ name, shape, kind }: Param): boolean =>
  kind === "weight" && shape.length === 2 && !name.endsWith("embeddings.weight");

/** Rows of a value that meet a weight: all axes but the batch's and the last. */
const positions = ({ shape }: Node): number => sizeOf(shape.slice(1, -1) as number[]);

/** Q Kᵀ and the probabilities times V: the node of attention has no weights, and three inputs of tokens. */
function attentionOf({ params, inputs }: Node): number {
  const [query, key, value] = inputs;
  if (params.length > 0 || value?.shape.length !== 3) return 0;
  return 2 * 2 * positions(query) * positions(key) * (value.shape[2] as number);
}

/**
 * Counts a step: forward, backward to every weight that learns, and backward through whatever lies above one, frozen
 * weights too.
 */
export function workOf({ model, trainable }: Pick<Plan, "model" | "trainable">, batch: number): Work {
  const learning = new Set<Node>();
  let products = 0, convolutions = 0;
  for (const node of model.nodes) {
    const learns = ({ name }: Param) => trainable.has(name);
    const towards = node.inputs.some((input) => learning.has(input)) ? 1 : 0;
    if (towards > 0 || node.params.some(learns)) learning.add(node);
    for (const param of node.params) {
      const once = 2 * batch * positions(node) * sizeOf(param.shape);
      const times = 1 + towards + (learns(param) ? 1 : 0);
      if (isKernel(param)) convolutions += once * times;
      if (isMatrix(param)) products += once * times;
    }
    products += batch * attentionOf(node) * (1 + 2 * towards);
  }
  return { products, convolutions };
}

/** A chain of the same operation with several weights, and what it costs. */
interface Chain {
  readonly input: readonly number[];
  readonly weights: readonly (readonly number[])[];
  readonly apply: (x: Tensor, weight: Tensor) => Tensor;
  /** Of all of it. */
  readonly work: number;
}

const LENGTH = 4, ROUNDS = 8;

const chains: Readonly<Record<keyof Work, Chain>> = {
  /** BERT's feed-forward layers of 16 texts of 128 tokens, up and down. */
  products: {
    input: [2048, 768],
    weights: Array.from({ length: LENGTH }, (_, i) => i % 2 === 0 ? [3072, 768] : [768, 3072]),
    apply: (x, weight) => linear(x, weight),
    work: LENGTH * 2 * 2048 * 768 * 3072,
  },
  /** ResNet-50's 3x3 convolutions of 16 pictures of 224 pixels, in its third stage. */
  convolutions: {
    input: [16, 14, 14, 256],
    weights: Array.from({ length: LENGTH }, () => [3, 3, 256, 256]),
    apply: (x, weight) => convolution(x, weight, { stride: 1, padding: 1 }),
    work: LENGTH * 2 * 16 * 14 * 14 * 256 * 256 * 9,
  },
};

/** What this machine reaches, operations a second: the best of some rounds. */
export async function peakOf(engine: Engine, kind: keyof Work): Promise<number> {
  const { input, weights, apply, work } = chains[kind];
  using memory = engine.memory();
  const stream = random("floor");
  const noise = (shape: readonly number[]) =>
    float32(shape, Float32Array.from({ length: sizeOf(shape) }, () => stream.uniform(-0.01, 0.01)));
  await memory.put("input", noise(input));
  for (const [i, shape] of weights.entries()) await memory.put(`${i}`, noise(shape));
  const step: Step = (state) => ({
    outputs: { y: tf.max(weights.reduce((x, _, i) => apply(x, state[i]), state.input)) },
  });
  const program = memory.compile(step);
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await program.run({});
    best = Math.min(best, performance.now() - start);
  }
  return work / best * 1000;
}

/** The floor, and how it came about. */
export function floorText(work: Work, peaks: Work): string {
  const parts = (["products", "convolutions"] as const).map((kind) => ({
    seconds: work[kind] / peaks[kind],
    text: `${(work[kind] / 1e9).toFixed(0)} GFLOP of ${kind} at ${(peaks[kind] / 1e9).toFixed(0)} GFLOP/s`,
  }));
  const seconds = parts.reduce((sum, part) => sum + part.seconds, 0);
  return `floor ${seconds.toFixed(2)} s: ${parts.map(({ text }) => text).join(", ")}`;
}
