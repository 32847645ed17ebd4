/** A step as a graph for other programs: state as constants, and nothing in it but TensorFlow's plain operations. */
import { OnesheetError } from "../base/errors.ts";
import type { Value, Values } from "../base/value.ts";
import { DT } from "./dtype.ts";
import type { Frozen, FrozenTensor, Spec, Step, Tensors } from "./engine.ts";
import { type Graph, newGraph, type Output } from "./graph.ts";
import { BACKEND, type KernelBackend } from "./kernels/kernel.ts";
import type { Library } from "./library.ts";
import { deleteBuffer, newBuffer, readBuffer } from "./native.ts";
import { tf } from "./tfjs.ts";
import { newTrace } from "./trace.ts";
import { dtypeOf } from "./variables.ts";

/** A protocol buffer cannot be larger. */
const LARGEST = 2 ** 31;

const mapped = <A, B>(record: Readonly<Record<string, A>>, f: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value)]));

/** The bytes of a graph. */
function graphDef(library: Library, { pointer }: Graph): Uint8Array {
  const { c, checked } = library;
  const buffer = newBuffer(library);
  try {
    checked("TF_GraphToGraphDef", (status) => c.TF_GraphToGraphDef(pointer, buffer, status));
    return readBuffer(buffer);
  } finally {
    deleteBuffer(library, buffer);
  }
}

/** Traces a step that changes no state for inputs of these shapes. */
export function freeze(
  library: Library,
  backend: KernelBackend,
  step: Step,
  state: Values,
  inputs: Readonly<Record<string, Spec>>,
): Frozen {
  const bytes = Object.values(state).reduce((sum, { data }) => sum + data.byteLength, 0);
  if (bytes >= LARGEST) {
    throw new OnesheetError(
      `Cannot write the model as one graph: expected weights below ${LARGEST} bytes, found ${bytes}`,
    );
  }
  const { binding } = backend;
  using graph = newGraph(library);
  const tensorOf = (output: Output) => backend.createOutputTensor(binding.adopt(output));
  const outputsOf = (tensors: Tensors): Record<string, Output> => {
    const ids = backend.getInputTensorIds(Object.values(tensors));
    return Object.fromEntries(Object.keys(tensors).map((name, i) => [name, binding.outputOf(ids[i])]));
  };
  const described = (output: Output): FrozenTensor => ({
    node: Deno.UnsafePointerView.getCString(library.c.TF_OperationName(output.operation)!),
    dtype: graph.dtypeOf(output) === DT.INT32 ? "int32" : "float32",
    shape: graph.shapeOf(output),
  });
  if (tf.getBackend() !== BACKEND) tf.setBackend(BACKEND);
  const write = (): Frozen => {
    const held = mapped(state, (value: Value) => graph.constant(dtypeOf(value), value.shape, value.data));
    const given = mapped(
      inputs,
      ({ dtype, shape }) => graph.placeholder(dtype === "int32" ? DT.INT32 : DT.FLOAT, shape),
    );
    const { outputs } = step(mapped(held, tensorOf), mapped(given, tensorOf));
    // Each output a node of its own, also where it is what came in.
    const results = mapped(outputsOf(outputs), graph.identity);
    return {
      graph: graphDef(library, graph),
      inputs: mapped(given, described),
      outputs: mapped(results, described),
    };
  };
  return binding.during(newTrace(graph, false), () => {
    let frozen!: Frozen;
    tf.tidy(() => {
      frozen = write();
    });
    return frozen;
  });
}
