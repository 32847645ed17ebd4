/** A frozen graph as a graph model of TensorFlow.js: `model.json` and the numbers of its constants. */
import { joined } from "../base/protobuf.ts";
import type { Frozen, FrozenTensor } from "../tensor.ts";
import { type Constant, type GraphNode, nodesOf } from "./graph_def.ts";

/** The files of a graph model. */
export interface GraphModel {
  /** What `tf.loadGraphModel` is given. */
  readonly model: unknown;
  /** `weights.bin`, which lies beside it. */
  readonly weights: Uint8Array;
}

/** Lower than any number that a pooled picture has. */
const LOWEST = -3.4e38;

const numbers = (shape: readonly number[], data: Int32Array | Float32Array): Constant => ({
  dtype: data instanceof Int32Array ? "int32" : "float32",
  shape,
  bytes: new Uint8Array(data.buffer),
});

const constantNode = (name: string, constant: Constant): GraphNode => ({
  name,
  op: "Const",
  input: [],
  attr: { dtype: { type: constant.dtype === "int32" ? "DT_INT32" : "DT_FLOAT" } },
  constant,
});

/** TensorFlow.js knows no padding of its own for pooling: the picture is padded before. */
function padded(node: GraphNode): GraphNode[] {
  const { list } = node.attr.explicit_paddings ?? {};
  const paddings = (list as { i?: string[] } | undefined)?.i?.map(Number) ?? [];
  if (node.op !== "MaxPool" || paddings.length === 0) return [node];
  const { explicit_paddings: _, ...attr } = node.attr;
  const [pad, by, value] = ["pad", "paddings", "value"].map((part) => `${node.name}/${part}`);
  return [
    constantNode(by, numbers([4, 2], Int32Array.from(paddings))),
    constantNode(value, numbers([], Float32Array.of(LOWEST))),
    {
      name: pad,
      op: "PadV2",
      input: [node.input[0], by, value],
      attr: { T: node.attr.T, Tpaddings: { type: "DT_INT32" } },
    },
    { ...node, input: [pad], attr: { ...attr, padding: { s: btoa("VALID") } } },
  ];
}

const signatureOf = (tensors: Frozen["inputs"]) =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { node, dtype, shape }]: [string, FrozenTensor]) => [name, {
      name: `${node}:0`,
      dtype: dtype === "int32" ? "DT_INT32" : "DT_FLOAT",
      tensorShape: { dim: shape.map((size) => ({ size: String(size) })) },
    }]),
  );

/** Converts a frozen graph. */
export function graphModel({ graph, inputs, outputs }: Frozen): GraphModel {
  const nodes = nodesOf(graph).flatMap(padded);
  const constants = nodes.flatMap(({ name, constant }) => constant ? [{ name, ...constant }] : []);
  return {
    model: {
      format: "graph-model",
      generatedBy: "onesheet",
      signature: { inputs: signatureOf(inputs), outputs: signatureOf(outputs) },
      modelTopology: {
        node: nodes.map(({ name, op, input, attr }) => ({ name, op, input, attr })),
        versions: { producer: 1087 },
      },
      weightsManifest: [{
        paths: ["weights.bin"],
        weights: constants.map(({ name, dtype, shape }) => ({ name, dtype, shape })),
      }],
    },
    weights: joined(constants.map(({ bytes }) => bytes)),
  };
}
