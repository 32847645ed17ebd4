/** Operations written down instead of run: TensorFlow's graph C API. TensorFlow infers the shapes. */
import { OnesheetError } from "../base/errors.ts";
import { type Attribute, attribute, setAttributes } from "./attributes.ts";
import { DT, type HostData } from "./dtype.ts";
import { type Body, functionCalls } from "./functions.ts";
import { cString, type Library, type Pointer } from "./library.ts";
import { addressOf, deleteTensor, dims, newTensor } from "./native.ts";

/** One output of a graph operation. */
export interface Output {
  readonly operation: Pointer;
  readonly index: number;
}

/** A graph being written. */
export interface Graph extends Disposable {
  readonly pointer: Pointer;
  /**
   * Adds an operation. With an attribute `N`, the first N inputs form one list (ConcatV2, Pack, AddN, …); with `Tin`,
   * all of them do (PartitionedCall).
   * `after` names operations that must have run before.
   */
  add(
    name: string,
    inputs: readonly Output[],
    attributes: readonly Attribute[],
    after?: readonly Pointer[],
  ): Pointer;
  /**
   * Calls a function of this graph, which XLA compiles as one kernel. `write` writes its body into a graph of its own
   * the first time; calls of the same key with the same input types and shapes share it.
   */
  call(key: string, inputs: readonly Output[], write: Body): Output[];
  constant(dtype: number, shape: readonly number[], data: HostData): Output;
  placeholder(dtype: number, shape: readonly number[]): Output;
  identity(output: Output): Output;
  shapeOf(output: Output): number[];
  dtypeOf(output: Output): number;
}

/** A `TF_Output` by value: pointer, then index. */
export function outputStruct({ operation, index }: Output): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, addressOf(operation), true);
  view.setInt32(8, index, true);
  return bytes;
}

/** `TF_Output`s as a C array. */
export function outputArray(outputs: readonly Output[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(16 * outputs.length);
  outputs.forEach((output, i) => bytes.set(outputStruct(output), 16 * i));
  return bytes;
}

/** Numbers above this many that are all the same become a `Fill`, so that the graph does not carry them. */
const LARGE = 64;

/** Starts an empty graph. */
export function newGraph(library: Library): Graph {
  const { c, made, gone, checked } = library;
  const pointer = made("graph", c.TF_NewGraph());
  let count = 0;

  const finish = (name: string, description: Pointer): Pointer => {
    try {
      return checked(name, (s) => c.TF_FinishOperation(description, s)) as Pointer;
    } finally {
      gone(); // the description is consumed either way; the operation belongs to the graph
    }
  };
  /** Adds an operation that `describe` has filled in. */
  const written = (name: string, describe: (description: Pointer) => void): Pointer => {
    const ownName = new TextEncoder().encode(`${name}_${count++}\0`);
    const description = made(name, c.TF_NewOperation(pointer, cString(name), ownName));
    try {
      describe(description);
    } catch (error) {
      // There is no other way to give a description back.
      try {
        finish(name, description);
      } catch { /* it was half filled in */ }
      throw error;
    }
    return finish(name, description);
  };
  const output = (operation: Pointer): Output => ({ operation, index: 0 });

  const graph: Graph = {
    pointer,
    add: (name, inputs, attributes, after = []) => {
      const count = attributes.find((a) => a.name === "N")?.value;
      const list = attributes.some((a) => a.name === "Tin") ? inputs.length : Number(count ?? 0);
      return written(name, (description) => {
        if (list > 0) c.TF_AddInputList(description, outputArray(inputs.slice(0, list)), list);
        for (const input of inputs.slice(list)) c.TF_AddInput(description, outputStruct(input));
        for (const operation of after) c.TF_AddControlInput(description, operation);
        setAttributes(library, "TF_SetAttr", description, attributes.filter((a) => a.name !== "N"));
      });
    },
    call: (key, inputs, write) => calls(key, inputs, write),
    constant: (dtype, shape, data) => {
      const uniform = data.length > LARGE && data.every((x: number | bigint) => Object.is(x, data[0]));
      if (uniform) {
        const size = graph.constant(DT.INT32, [shape.length], Int32Array.from(shape));
        const value = graph.constant(dtype, [], data.slice(0, 1));
        return output(
          graph.add("Fill", [size, value], [
            attribute.type("T", dtype),
            attribute.type("index_type", DT.INT32),
          ]),
        );
      }
      const tensor = newTensor(library, dtype, shape, data);
      try {
        return output(written("Const", (description) => {
          checked("Const", (s) => c.TF_SetAttrTensor(description, cString("value"), tensor, s));
          c.TF_SetAttrType(description, cString("dtype"), dtype);
        }));
      } finally {
        deleteTensor(library, tensor);
      }
    },
    placeholder: (dtype, shape) =>
      output(written("Placeholder", (description) => {
        c.TF_SetAttrType(description, cString("dtype"), dtype);
        c.TF_SetAttrShape(description, cString("shape"), dims(shape), shape.length);
      })),
    identity: (value) => output(graph.add("Identity", [value], [attribute.type("T", graph.dtypeOf(value))])),
    shapeOf: (value) => {
      const struct = outputStruct(value);
      const rank = checked("shape", (s) => c.TF_GraphGetTensorNumDims(pointer, struct, s));
      const shape = new BigInt64Array(Math.max(rank, 0));
      if (rank > 0) checked("shape", (s) => c.TF_GraphGetTensorShape(pointer, struct, shape, rank, s));
      if (rank >= 0 && !shape.includes(-1n)) return Array.from(shape, Number);
      // Workspaces that an operation hands to its gradient have no shape that shape inference knows.
      if (value.index > 0) return [0];
      throw new OnesheetError(
        "Cannot trace the step: an operation's output shape depends on values that are only known when it runs",
      );
    },
    dtypeOf: (value) => c.TF_OperationOutputType(outputStruct(value)),
    [Symbol.dispose]: () => {
      c.TF_DeleteGraph(pointer);
      gone();
    },
  };
  const calls = functionCalls(library, graph, () => newGraph(library));
  return graph;
}
