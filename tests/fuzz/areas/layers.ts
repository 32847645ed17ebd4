/** Layers: evaluated, trained, with the gradients of inputs and weights and the next values of buffers. */
import { float32, int32, type Value, type Values } from "../../../src/base/value.ts";
import { build, type Model } from "../../../src/dsl/build.ts";
import type { Dim, Node, Scope } from "../../../src/dsl/node.ts";
import * as layers from "../../../layers/mod.ts";
import type { Area, Generator, Question } from "../area.ts";
import type { Draw } from "../draw.ts";
import { passedModel } from "../passed.ts";
import { kinds } from "./layer_questions.ts";

type Nodes = Readonly<Record<string, Node>>;

/** The layer that a question is about. */
function layerOf({ kind, settings }: Pick<Question, "kind" | "settings">): (nodes: Nodes, at: Scope) => Node {
  // deno-lint-ignore no-explicit-any
  const s = settings as any;
  const bias = s.bias && { bias: layers.zeros };
  const graph = ({ x, edges, neighbours, mask }: Nodes) => edges ? { x, edges } : { x, neighbours, mask };
  const of: Readonly<Record<string, (nodes: Nodes, at: Scope) => Node>> = {
    linear: ({ x }, at) => layers.linear(s.out, { bias: s.bias })(x, at),
    conv2d: ({ x }, at) => layers.conv2d(s.out, s.kernel, { ...s, ...bias })(x, at),
    depthwiseConv2d: ({ x }, at) => layers.depthwiseConv2d(s.kernel, { ...s, ...bias })(x, at),
    maxPool: ({ x }, at) => layers.maxPool(s.size, s)(x, at),
    meanPool: ({ x }, at) => layers.meanPool()(x, at),
    adaptiveMeanPool: ({ x }, at) => layers.adaptiveMeanPool(s.rows, s.columns)(x, at),
    batchNorm: ({ x }, at) => layers.batchNorm(s)(x, at),
    layerNorm: ({ x }, at) => layers.layerNorm(s)(x, at),
    embedding: ({ x }, at) => layers.embedding(s.rows, s.features, s)(x, at),
    selfAttention: ({ x }, at) => layers.selfAttention(s)(x, at),
    swiglu: ({ x }, at) => layers.swiglu(s.out, s)(x, at),
    gatedUnit: ({ a, b }, at) => layers.gatedUnit(s.width)([a, b], at),
    maxout: ({ x }, at) => layers.maxout(s.out, s)(x, at),
    squeezeExcitation: ({ x }, at) => layers.squeezeExcitation(s.squeezed)(x, at),
    activationMapAttention: ({ x }, at) => layers.activationMapAttention(s.labels)(x, at).features,
    meanTokens: ({ tokens, mask }, at) => layers.meanTokens()({ tokens, mask }, at),
    weightedSum: (nodes, at) => layers.weightedSum(Object.keys(nodes).sort().map((name) => nodes[name]), at),
    reconstruction: ({ a, b }, at) => layers.reconstruction(s.hidden)({ fused: a, modality: b }, at),
    gcn: (nodes, at) => layers.gcn(s.out)(graph(nodes), at),
    sage: (nodes, at) => layers.sage(s.out)(graph(nodes), at),
    gat: (nodes, at) => layers.gat(s.out, s)(graph(nodes), at),
    bert: ({ ids, mask }, at) => layers.bert(s)({ ids, mask }, at),
  };
  return of[kind];
}

/** The question's layer as a model on inputs of these shapes, with any number of rows. */
function modelOf(question: Question): Model {
  const isGraph = ["gcn", "sage", "gat"].includes(question.kind);
  const shapeOf = (name: string, { shape }: Value): Dim[] =>
    name === "edges" ? [2, "edges"] : [isGraph ? "nodes" : "batch", ...shape.slice(1)];
  const inputs = Object.entries(question.inputs).filter(([name]) => !name.startsWith("weight/"));
  return build(
    layerOf(question),
    Object.fromEntries(inputs.map(([name, value]) => [name, shapeOf(name, value)])),
  );
}

/** Numbers for every array of a model. */
function weights(draw: Draw, model: Model): Values {
  const drawn = model.params.map(({ name, shape }) => {
    const numbers = draw.numbers(shape as number[], 10 ** draw.uniform(-1, 0.5));
    if (name.endsWith("num_batches_tracked")) return [name, int32([], [draw.int(0, 1000)])] as const;
    if (!name.endsWith("running_var")) return [name, numbers] as const;
    return [
      name,
      float32(numbers.shape, numbers.data.map((x) => Math.abs(x) + 0.01) as Float32Array),
    ] as const;
  });
  return Object.fromEntries(drawn.map(([name, value]) => [`weight/${name}`, value]));
}

/** A generator whose questions hold their layer's weights, too; a layer that cannot be built has none. */
const weighted = (kind: string, generate: Generator): Generator => (draw) => {
  const question = { kind, settings: {}, inputs: {}, ...generate(draw) };
  let model: Model;
  try {
    model = modelOf(question);
  } catch {
    return question;
  }
  return { ...question, inputs: { ...question.inputs, ...weights(draw, model) } };
};

/** Layers. */
export const layerArea: Area = {
  name: "layers",
  against: "PyTorch in float64; transformers' BERT",
  packages: ["torch", "transformers"],
  isComputed: true,
  limit: 1e-4,
  kinds: Object.fromEntries(
    Object.entries(kinds).map(([kind, generate]) => [kind, weighted(kind, generate)]),
  ),
  answer: (question, engine) => passedModel(engine!, modelOf(question), question.inputs),
};
