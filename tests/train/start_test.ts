import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { random } from "../../src/base/random.ts";
import type { Value } from "../../src/base/value.ts";
import { drawnFilms } from "../../src/data/drawn_source.ts";
import { imagenet } from "../../src/data/normalize.ts";
import { build, type ModelFunction } from "../../src/dsl/build.ts";
import type { Node } from "../../src/dsl/node.ts";
import { ShapeError } from "../../src/dsl/shape.ts";
import { toFile } from "../../src/store/layout.ts";
import { clearMoments, firstValue, plan, randomize, weightNames } from "../../src/train/start.ts";
import {
  batchNorm,
  bertEncoder,
  conv2d,
  embedding,
  linear,
  meanPool,
  resnet,
  selfAttention,
} from "../../layers/mod.ts";
import quickstart from "../../recipes/quickstart.ts";

/** One of everything, large enough that shares and deviations are near what they should be. */
const model = build(({ image, ids, mask }, at) => {
  conv2d(40, 3)(image, at("conv"));
  batchNorm()(image, at("norm"));
  embedding(200, 30, { paddingIndex: 3 })(ids, at("table"));
  selfAttention({ heads: 2 })(
    bertEncoder({ vocabulary: 300, width: 48, layers: 2, heads: 4, positions: 64 })(
      { ids, mask },
      at("bert"),
    ),
    at("attention"),
  );
  return linear(70)(resnet({ blocks: [1], width: 16 })(image, at("resnet")), at("head"));
}, { image: ["batch", 16, 16, 12], ids: ["batch", 9], mask: ["batch", 9] });

const named = (name: string) => model.params.find((param) => param.name === name)!;
const first = (name: string, seed = 1) => firstValue(named(name), seed).data;

/** Fails unless the numbers fill [-bound, bound) evenly. */
function assertUniform(data: ArrayLike<number>, bound: number): void {
  const values = Array.from(data);
  const n = values.length, third = bound / 3;
  assert(values.every((x) => x >= -bound && x < bound), `beyond ${bound}`);
  for (const from of [-bound, -third, third]) {
    const share = values.filter((x) => x >= from && x < from + 2 * third).length / n;
    assert(Math.abs(share - 1 / 3) < 4 * Math.sqrt(2 / 9 / n), `${share} from ${from} on, of ${n}`);
  }
}

/** Fails unless the numbers' mean and deviation, and the shares within one and two deviations, are a normal's. */
function assertNormal(data: ArrayLike<number>, deviation: number): void {
  const values = Array.from(data, (x) => x / deviation), n = values.length;
  const mean = values.reduce((sum, x) => sum + x, 0) / n;
  const square = values.reduce((sum, x) => sum + x * x, 0) / n;
  assert(Math.abs(mean) < 4 / Math.sqrt(n), `mean ${mean}`);
  assert(Math.abs(square - 1) < 4 * Math.sqrt(2 / n), `variance ${square}`);
  for (const [within, expected] of [[1, 0.6827], [2, 0.9545]]) {
    const share = values.filter((x) => Math.abs(x) < within).length / n;
    assert(
      Math.abs(share - expected) < 4 * Math.sqrt(expected * (1 - expected) / n),
      `${share} in ${within}`,
    );
  }
}

Deno.test("linear layers and convolutions start as PyTorch's: uniform up to 1 / sqrt(fan in)", () => {
  assertUniform(first("head.weight"), 1 / Math.sqrt(64));
  assertUniform(first("head.bias"), 1 / Math.sqrt(64));
  assertUniform(first("conv.weight"), 1 / Math.sqrt(12 * 9));
});

Deno.test("attention starts as nn.MultiheadAttention: Xavier over the joined matrix, biases 0", () => {
  assertUniform(first("attention.in_proj_weight"), Math.sqrt(6 / (48 + 3 * 48)));
  assertUniform(first("attention.out_proj.weight"), 1 / Math.sqrt(48));
  for (const name of ["attention.in_proj_bias", "attention.out_proj.bias"]) {
    assert(first(name).every((x) => x === 0), name);
  }
});

Deno.test("an embedding starts standard normal but for its padding row, which is 0", () => {
  const data = Array.from(first("table.weight"));
  const rows = Array.from({ length: 200 }, (_, row) => data.slice(row * 30, (row + 1) * 30));
  assertEquals(rows.map((row) => row.every((x) => x === 0)), rows.map((_, row) => row === 3));
  assertNormal(rows.toSpliced(3, 1).flat(), 1);
});

Deno.test("BERT starts normal with deviation 0.02, biases and the row of [PAD] 0, norms 1 and 0", () => {
  const words = first("bert.embeddings.word_embeddings.weight");
  assert(words.slice(0, 48).every((x) => x === 0));
  assertNormal(words.slice(48), 0.02);
  for (const name of ["embeddings.position_embeddings", "encoder.layer.1.attention.self.query"]) {
    assertNormal(first(`bert.${name}.weight`), 0.02);
  }
  assertNormal(first("bert.encoder.layer.0.intermediate.dense.weight"), 0.02);
  assert(first("bert.encoder.layer.0.output.dense.bias").every((x) => x === 0));
  assert(first("bert.embeddings.LayerNorm.weight").every((x) => x === 1));
  assert(first("bert.embeddings.LayerNorm.bias").every((x) => x === 0));
});

Deno.test("a ResNet's convolutions start as torchvision's: normal with deviation sqrt(2 / fan out)", () => {
  assertNormal(first("resnet.conv1.weight"), Math.sqrt(2 / (16 * 49)));
  assertNormal(first("resnet.layer1.0.conv3.weight"), Math.sqrt(2 / 64));
});

Deno.test("batch norm starts with scale 1, offset 0, mean 0, variance 1 and an integer count of 0", () => {
  const expected = { weight: 1, bias: 0, running_mean: 0, running_var: 1 };
  for (const [name, x] of Object.entries(expected)) {
    assertEquals(Array.from(first(`norm.${name}`)), Array(12).fill(x));
  }
  assertEquals(firstValue(named("norm.num_batches_tracked"), 1), {
    dtype: "int32",
    shape: [],
    data: new Int32Array(1),
  });
});

Deno.test("first values are a function of seed and name", () => {
  const query = "bert.encoder.layer.0.attention.self.query.weight";
  assertEquals(first(query), first(query));
  assertNotEquals(first(query), first(query, 2));
  assertNotEquals(first(query), first(query.replace("query", "key")));
  assertNotEquals(first(query), first(query.replace("layer.0", "layer.1")));
});

Deno.test("a kernel is drawn in PyTorch's layout and put in the engine's", () => {
  const param = named("conv.weight");
  const value = firstValue(param, 5);
  assertEquals(value.shape, [3, 3, 12, 40]);
  assertEquals(toFile(value, param).data, param.init(param.shape, random(5, "init", param.name)));
});

/** A memory that only notes what is put. */
function noting() {
  const put = new Map<string, Value>();
  return { put, memory: { put: (name: string, value: Value) => Promise.resolve(void put.set(name, value)) } };
}

Deno.test("randomize puts every array, weights and buffers, in order", async () => {
  const { put, memory } = noting();
  await randomize(memory, model, 1);
  assertEquals([...put.keys()], model.params.map(({ name }) => name));
  assertEquals(put.get("conv.weight"), firstValue(named("conv.weight"), 1));
});

Deno.test("moments are put at 0, in the engine's layout, for what learns and nothing else", async () => {
  const { put, memory } = noting();
  const trainable = new Set(["conv.weight", "head.bias"]);
  await clearMoments(memory, { model, trainable }, { moments: ["mean", "square"] });
  assertEquals(Array.from(put, ([name, { shape }]) => [name, shape]), [
    ["mean/conv.weight", [3, 3, 12, 40]],
    ["square/conv.weight", [3, 3, 12, 40]],
    ["mean/head.bias", [70]],
    ["square/head.bias", [70]],
  ]);
  for (const { data } of put.values()) assert(data.every((x) => x === 0));
});

const small = drawnFilms({
  rows: 16,
  seed: 1,
  validation: 0.5,
  pixels: 8,
  tokens: 4,
  augment: [],
  ...imagenet,
});
const toLabels = (labels: number): ModelFunction => ({ image }, at) =>
  linear(labels)(meanPool()(conv2d(4, 3)(image, at("conv")), at("pool")), at("head"));

Deno.test("a plan has the recipe's model, built on its data's inputs, and what learns", () => {
  const planned = plan({ model: toLabels(3), data: small, labels: 3, freeze: [{ freeze: "conv" }] });
  assertEquals(planned.model.inputs, {
    image: ["batch", 8, 8, 3],
    ids: ["batch", 4],
    mask: ["batch", 4],
  });
  assertEquals([...planned.trainable], ["head.weight", "head.bias"]);
  const all = plan({ ...quickstart, labels: 8 });
  assertEquals(all.trainable.size, weightNames(all.model).length);
});

Deno.test("logits that are not one number for each label are refused", () => {
  const refusal = (model: ModelFunction) =>
    assertThrows(() => plan({ model, data: small, labels: 3, freeze: [] }), ShapeError).message;
  const text = "Cannot build the model: expected logits of shape [batch, 3], found ";
  const wayOut = "; make the head as wide as the model function's `numLabels`";
  assertEquals(refusal(toLabels(4)), `${text}[batch, 4]${wayOut}`);
  assertEquals(refusal(({ image }) => image), `${text}[batch, 8, 8, 3]`);
  const other: ModelFunction = (inputs, at) => ({
    logits: toLabels(3)(inputs, at) as Node,
    losses: { other: { logits: toLabels(2)(inputs, at("other")) as Node, weight: 1 } },
  });
  assertEquals(refusal(other), `${text}[batch, 2]${wayOut}`);
});

Deno.test("a pattern that freezes nothing is refused", () => {
  assertThrows(
    () => plan({ model: toLabels(3), data: small, labels: 3, freeze: [{ freeze: "con" }] }),
    OnesheetError,
    'Cannot apply the freeze pattern "con"',
  );
});

Deno.test("buffers are no weights", () => {
  assertEquals(
    weightNames(model).filter((name) => /running|tracked/.test(name)),
    [],
  );
});
