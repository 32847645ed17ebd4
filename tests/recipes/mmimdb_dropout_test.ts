/** Where the published system drops, and how much: every place in a small model, by what is zero there. */
import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { build } from "../../src/dsl/build.ts";
import type { Node, Run } from "../../src/dsl/node.ts";
import { portable } from "../../src/engine/portable.ts";
import { keyed } from "../../src/base/random.ts";
import { type Tensor, tf } from "../../src/tensor.ts";
import { firstValue } from "../../src/train/start.ts";
import { posterAndPlot, type Size } from "../../recipes/mmimdb.ts";

await portable();

const BATCH = 64, TOKENS = 8, HEADS = 4, FUSED = 64;
const size: Size = {
  image: { blocks: [1, 1, 1, 1], width: 2 },
  text: { vocabulary: 40, width: HEADS * TOKENS, layers: 2, heads: HEADS, positions: TOKENS },
  projection: FUSED / 2,
  heads: 8,
  labels: 5,
};
const model = build(posterAndPlot(size), {
  image: ["batch", 32, 32, 3],
  ids: ["batch", TOKENS],
  mask: ["batch", TOKENS],
});

/** What a node that draws random numbers computed. */
interface Drawn {
  readonly node: Node;
  readonly input: Float32Array;
  readonly output: Float32Array;
}

const numbers = (tensor: Tensor) => tensor.dataSync<"float32">();
const seedOf = (seed: number) => (path: string) => tf.tensor1d([seed, keyed(path)], "int32");
const training = (seed: Run["seed"]): Run => ({ training: true, seed, update: () => {} });

/** Every node that draws, by path, from one pass of the whole model. */
function pass(seed: number): Map<string, Drawn> {
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
      let draws = false;
      const run = training((path) => {
        draws = true;
        assertEquals(path, node.path);
        return seedOf(seed)(path);
      });
      const value = node.inputs.length === 0
        ? values.get(node.path)!
        : node.run(inputs, node.params.map((param) => params.get(param)!), run);
      computed.set(node, value);
      if (!draws) continue;
      assert(!drawn.has(node.path), `${node.path} draws twice: the same numbers`);
      drawn.set(node.path, { node, input: numbers(inputs[0]), output: numbers(value) });
    }
  });
  return drawn;
}

const drawn = pass(1);
const layers = [0, 1].map((i) => `text_backbone.encoder.layer.${i}`);
const plain = new Map([
  ["text_backbone.embeddings.dropout", 0.1],
  ...layers.flatMap((layer) =>
    ["attention.output", "output"].map((part) => [`${layer}.${part}.dropout`, 0.1] as const)
  ),
  ["classifier_output_layer.2", 0.3],
]);
const attentions = layers.map((layer) => `${layer}.attention.self.dropout`);

/** Fails unless the share of zeros is within four standard deviations of the rate. */
function assertShare(values: readonly number[], rate: number): void {
  const share = values.filter((x) => x === 0).length / values.length;
  assertAlmostEquals(share, rate, 4 * Math.sqrt(rate * (1 - rate) / values.length));
}

Deno.test("dropout is live in frozen and learning modules, at the notebook's places and nowhere else", () => {
  assertEquals([...drawn.keys()].sort(), [...plain.keys(), ...attentions, "self_attention"].sort());
});

for (const [path, rate] of plain) {
  Deno.test(`${path} drops ${rate} of its elements and scales the others up`, () => {
    const { input, output } = drawn.get(path)!;
    assertShare(Array.from(output), rate);
    output.forEach((y, i) => {
      if (y !== 0) assertAlmostEquals(y, input[i] / (1 - rate), 1e-5 * Math.abs(y));
    });
  });
}

/** Runs a node by itself on given arrays; each element is about 0 or about 1 / 0.9, which becomes 0 or 1. */
function keptOf(path: string, make: () => { inputs: Tensor[]; params: Tensor[] }, seed = 1): number[] {
  let kept: number[] = [];
  tf.tidy(() => {
    const { inputs, params } = make();
    const output = drawn.get(path)!.node.run(inputs, params, training(seedOf(seed)));
    kept = Array.from(numbers(output), (x) => x * 0.9);
  });
  for (const x of kept) assert(Math.abs(x) < 1e-6 || Math.abs(x - 1) < 1e-5, `${x}`);
  return kept.map(Math.round);
}

for (const path of attentions) {
  Deno.test(`${path} drops 0.1 of the attention probabilities`, () => {
    // Equal scores, and values that show every probability of a query by itself.
    const kept = keptOf(path, () => {
      const none = tf.zeros([BATCH, TOKENS, HEADS * TOKENS]);
      const value = tf.mul(tf.tile(tf.eye(TOKENS), [BATCH, HEADS]).reshape(none.shape), TOKENS);
      return { inputs: [none, none, value, tf.ones([BATCH, TOKENS], "int32")], params: [] };
    });
    assertShare(kept, 0.1);
  });
}

Deno.test("self_attention keeps or drops each head of each sample as a whole, 0.1 of them", () => {
  const make = () => {
    const bias = tf.concat([tf.zeros([2 * FUSED]), tf.ones([FUSED])]);
    const params = [tf.zeros([3 * FUSED, FUSED]), bias, tf.eye(FUSED), tf.zeros([FUSED])];
    return { inputs: [tf.ones([BATCH, 1, FUSED])], params };
  };
  const kept = keptOf("self_attention", make);
  const width = FUSED / size.heads;
  const heads = Array.from({ length: BATCH * size.heads }, (_, i) => kept.slice(i * width, (i + 1) * width));
  for (const head of heads) assertEquals(new Set(head).size, 1);
  assertShare(heads.map(([x]) => x), 0.1);
  assertNotEquals(keptOf("self_attention", make, 2), kept);
});

Deno.test("the same seed drops the same elements, another seed others, and no two places the same", () => {
  const zeros = ({ output }: Drawn) => Array.from(output, (x) => x === 0);
  const [again, other] = [pass(1), pass(2)];
  for (const path of plain.keys()) {
    assertEquals(zeros(again.get(path)!), zeros(drawn.get(path)!));
    assertNotEquals(zeros(other.get(path)!), zeros(drawn.get(path)!));
  }
  const [first, second] = layers.map((layer) => zeros(drawn.get(`${layer}.output.dropout`)!));
  assertNotEquals(first, second);
});
