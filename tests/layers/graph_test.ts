/** Layers on graphs: PyTorch's numbers, small graphs computed by hand, and what no numbering of the nodes may change. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { fileURLToPath } from "node:url";
import { float32, int32, type Value, type Values } from "../../src/base/value.ts";
import { random } from "../../src/base/random.ts";
import { build, type Model } from "../../src/dsl/build.ts";
import type { Layer, Node, Scope, Shape } from "../../src/dsl/node.ts";
import { ShapeError } from "../../src/dsl/shape.ts";
import { elu, gat, gcn, type Graph, leakyRelu, sage } from "../../layers/mod.ts";
import { eachEngine } from "../engine/each.ts";
import { off, readLayer } from "./goldens.ts";
import { backwards, firstValues, forwards, numbers } from "./pass.ts";

const goldens = fileURLToPath(new URL("../golden/graph", import.meta.url));

/** Of PyTorch's numbers, relative to the largest of an array where that is above 1. */
const LIMIT = 5e-6;

const cases: Readonly<Record<string, Layer<Graph>>> = {
  gcn: gcn(3),
  gcn_without_self_loops: gcn(3),
  sage: sage(3),
  sage_without_self_loops: sage(3),
  gat: gat(4),
  gat_heads: gat(4, { heads: 3, slope: 0.1 }),
  gat_mean: gat(4, { heads: 3, join: "mean" }),
  gat_residual: gat(4, { heads: 2, residual: true }),
  gat_mean_residual: gat(4, { heads: 2, join: "mean", residual: true }),
  gat_without_self_loops: gat(4, { heads: 2 }),
  elu: ({ x }) => elu(x),
  leaky_relu: ({ x }) => leakyRelu(0.1)(x),
};

/** The two ways to write edges down, by the inputs that they need. */
const forms = { "an edge list": ["edges"], "neighbour lists": ["neighbours", "mask"] } as const;

const shapes = (inputs: Values): Record<string, Shape> =>
  Object.fromEntries(
    Object.entries(inputs).map((
      [name, { shape }],
    ) => [name, name === "edges" ? [2, "edges"] : ["nodes", shape[1]]]),
  );

const modelOf = (layer: Layer<Graph>, inputs: Values): Model =>
  build(
    (nodes: Readonly<Record<string, Node>>, at: Scope) => layer(nodes as unknown as Graph, at),
    shapes(inputs),
  );

for (const [name, layer] of Object.entries(cases)) {
  for (const [form, names] of Object.entries(forms)) {
    eachEngine(`${name} on ${form} computes, learns and names its arrays as PyTorch does`, async (engine) => {
      const { one, under } = await readLayer(name, goldens);
      const { x, ...all } = under("input");
      const inputs = { x, ...Object.fromEntries(names.map((name) => [name, all[name]])) };
      const model = modelOf(layer, inputs);
      const weights = under("weight");
      assertEquals(model.params.map((param) => param.name).sort(), Object.keys(weights).sort());
      const { output, gradients, inputGradients } = await backwards(
        engine,
        model,
        weights,
        inputs,
        one("towards"),
      );
      const found: Values = { ...gradients, x: inputGradients.x, output };
      const expected: Values = { ...under("gradient"), x: one("gradient_input/x"), output: one("output") };
      assertEquals(Object.keys(found).sort(), Object.keys(expected).sort());
      const differences = Object.entries(expected).map(([key, value]) =>
        [key, off(found[key], value)] as const
      );
      assertEquals(differences.filter(([_, difference]) => !(difference <= LIMIT)), []);
    });
  }
}

/** 0 - 1 - 2 with self-loops; features 1, 2 and 4. */
const path: Values = {
  x: float32([3, 1], [1, 2, 4]),
  edges: int32([2, 7], [0, 1, 2, 0, 1, 1, 2, 0, 1, 2, 1, 0, 2, 1]),
};

/** Weights of which every array is filled with one number. */
const filled = (model: Model, by: Readonly<Record<string, number>>): Values =>
  Object.fromEntries(model.params.map(({ name, shape }) => {
    const size = shape.reduce((n, d) => n * d, 1);
    return [name, float32(shape, new Float32Array(size).fill(by[name] ?? 0))];
  }));

eachEngine("a path of three nodes comes out as computed by hand", async (engine) => {
  const e = Math.exp;
  // Node 1 has three edges, its ends two. The attention looks at the sources alone: softmax of 1, 2 and 4.
  const byHand: readonly (readonly [Layer<Graph>, Readonly<Record<string, number>>, readonly number[]])[] = [
    [gcn(1), { "lin.weight": 1, bias: 10 }, [
      10 + 1 / 2 + 2 / Math.sqrt(6),
      10 + 1 / Math.sqrt(6) + 2 / 3 + 4 / Math.sqrt(6),
      10 + 2 / Math.sqrt(6) + 4 / 2,
    ]],
    [sage(1), { "lin_l.weight": 3, "lin_l.bias": 10, "lin_r.weight": 100 }, [
      10 + 3 * 1.5 + 100,
      10 + 3 * 7 / 3 + 200,
      10 + 3 * 3 + 400,
    ]],
    [gat(1), { "lin.weight": 1, att_src: 1, bias: 10 }, [
      10 + (e(1) + 2 * e(2)) / (e(1) + e(2)),
      10 + (e(1) + 2 * e(2) + 4 * e(4)) / (e(1) + e(2) + e(4)),
      10 + (2 * e(2) + 4 * e(4)) / (e(2) + e(4)),
    ]],
  ];
  for (const [layer, weights, expected] of byHand) {
    const model = modelOf(layer, path);
    const { output } = await forwards(engine, model, filled(model, weights), path, { training: false });
    expected.forEach((value, i) => assertAlmostEquals(output.data[i], value, 1e-4));
  }
});

eachEngine("scores far apart, or all far below others, still share out one whole", async (engine) => {
  const model = modelOf(gat(1), path);
  const steep = filled(model, { "lin.weight": 1, att_src: 100 });
  const deep = filled(model, { "lin.weight": 1, att_src: -1e4, att_dst: -1e4 });
  const run = async (
    weights: Values,
  ) => [...(await forwards(engine, model, weights, path, { training: false })).output.data];
  assertEquals(await run(steep), [2, 4, 4]);
  assertEquals(await run(deep), [1, 1, 2]);
});

/** Rows of a value in another order: row i of the result is row `order[i]`. */
const reordered = ({ shape, data }: Value, order: Int32Array): Value => {
  const width = data.length / shape[0];
  return float32(shape, Array.from(data, (_, i) => data[order[Math.floor(i / width)] * width + i % width]));
};

eachEngine("nodes numbered otherwise and edges in another order give the same rows", async (engine) => {
  for (const [name, layer] of Object.entries({ gcn: gcn(3), sage: sage(3), gat: gat(2, { heads: 2 }) })) {
    const nodes = 9, pairs = Array.from({ length: 20 }, (_, i) => [i * 4 % 9, i * 7 % 5]);
    const x = numbers("x", [nodes, 4]);
    const inputs = { x, edges: int32([2, 20], [...pairs.map(([a]) => a), ...pairs.map(([, b]) => b)]) };
    const model = modelOf(layer, inputs);
    const weights = firstValues(model, 1);
    const run = async (inputs: Values) =>
      (await forwards(engine, model, weights, inputs, { training: false })).output;
    const order = random("nodes").permutation(nodes), edgeOrder = random("edges").permutation(20);
    const place = Int32Array.from(order, (_, node) => order.indexOf(node));
    const shuffled = [...edgeOrder].map((i) => pairs[i].map((node) => place[node]));
    const edges = int32([2, 20], [...shuffled.map(([a]) => a), ...shuffled.map(([, b]) => b)]);
    const [found, before] = [await run({ x: reordered(x, order), edges }), await run(inputs)];
    assert(off(found, reordered(before, order)) < 1e-6, name);
    assert(off(found, before) > 1e-2, `${name} gives the same whatever the order`);
  }
});

eachEngine("attention is dropped in training alone, and by the seed", async (engine) => {
  const layer: Layer<Graph> = (graph, at) => gat(8, { heads: 4, dropout: 0.5 })(graph, at("gat"));
  const model = modelOf(layer, path);
  const weights = firstValues(model, 1);
  const run = async (training: boolean, seed?: number) =>
    (await forwards(engine, model, weights, path, { training, ...(seed !== undefined && { seed }) })).output;
  const whole = await run(false);
  assertEquals(await run(true), whole);
  assertEquals(await run(true, 1), await run(true, 1));
  assert(off(await run(true, 1), whole) > 1e-2);
  assert(off(await run(true, 1), await run(true, 2)) > 1e-2);
});

const refusals: Readonly<Record<string, readonly [inputs: Record<string, Shape>, sentence: string]>> = {
  "features that are no rows of nodes": [
    { x: ["nodes", 4, 4], edges: [2, "edges"] },
    'Cannot build "gat": expected features of shape [nodes, features], found [nodes, 4, 4]',
  ],
  "edges that are no pairs": [
    { x: ["nodes", 4], edges: ["edges", 2] },
    'Cannot build "gat": expected edges of shape [2, edges], found [edges, 2]',
  ],
  "a mask of another shape": [
    { x: ["nodes", 4], neighbours: ["nodes", 5], mask: ["nodes", 4] },
    'Cannot build "gat": expected neighbours and a mask of shape [nodes, neighbours], found [nodes, 5] and [nodes, 4]',
  ],
  "lists of other nodes": [
    { x: ["nodes", 4], neighbours: ["batch", 5], mask: ["batch", 5] },
    'Cannot build "gat": expected neighbours and a mask of shape [nodes, neighbours], found [batch, 5] and [batch, 5]',
  ],
};

for (const [what, [inputs, sentence]] of Object.entries(refusals)) {
  Deno.test(`${what} are refused by a sentence`, () => {
    const model = (nodes: Readonly<Record<string, Node>>, at: Scope) =>
      gat(2)(nodes as unknown as Graph, at("gat"));
    assertEquals(assertThrows(() => build(model, inputs), ShapeError).message, sentence);
  });
}
