/** A frozen graph as the file `saved_model.pb` that TensorFlow, TensorFlow Serving and converters read. */
import { joined, message, number, text } from "../base/protobuf.ts";
import type { Frozen, FrozenTensor } from "../tensor.ts";

/** DataType of types.proto. */
const types = { float32: 1, int32: 3 } as const;

/** TensorInfo (meta_graph.proto). */
const info = ({ node, dtype, shape }: FrozenTensor): Uint8Array[] => [
  text(1, `${node}:0`),
  number(2, types[dtype]),
  message(3, ...shape.map((size) => message(2, number(1, size)))),
];

const entries = (field: number, tensors: Frozen["inputs"]): Uint8Array[] =>
  Object.entries(tensors).map(([name, tensor]) => message(field, text(1, name), message(2, ...info(tensor))));

/**
 * The bytes of a SavedModel (saved_model.proto) with the signature `serving_default` under the tag `serve`: a graph
 * without variables, so the file is all of it.
 */
export const savedModel = ({ graph, inputs, outputs }: Frozen): Uint8Array => {
  const signature = message(
    2,
    ...entries(1, inputs),
    ...entries(2, outputs),
    text(3, "tensorflow/serving/predict"),
  );
  const about = message(1, text(4, "serve"));
  const metaGraph = message(2, about, message(2, graph), message(5, text(1, "serving_default"), signature));
  return joined([number(1, 1), metaGraph]);
};
