/**
 * The binding that tfjs-node's kernels call, over libtensorflow: operations are run at once, or, while a step is being
 * traced, written into its graph. Numbers made in JavaScript stay there until an operation needs them, and can be
 * used by either.
 */
import { OnesheetError } from "../base/errors.ts";
import { ATTR, type Attribute } from "./attributes.ts";
import { DT, type HostData, hostData } from "./dtype.ts";
import type { Eager } from "./eager.ts";
import type { Output } from "./graph.ts";
import type { Library, Pointer } from "./library.ts";
import type { Trace } from "./trace.ts";

/** What tfjs-node is told of a tensor. */
export interface Metadata {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** A tensor that tfjs knows by a number. */
interface Entry {
  readonly shape: readonly number[];
  readonly dtype: number;
  readonly data?: HostData;
  handle?: Pointer;
  node?: { readonly trace: Trace; readonly output: Output };
}

/** The part of tfjs-node's `TFJSBinding` that its kernels use, and the tracing on top. */
export interface Binding {
  createTensor(shape: number[], dtype: number, values: ArrayLike<number>): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): HostData;
  executeOp(name: string, attributes: Attribute[], inputs: number[], outputs: number): Metadata[];
  isUsingGpuDevice(): boolean;
  /** The tracing under way. */
  readonly trace: Trace | undefined;
  /** Runs `body` with every operation written into `trace`; the tracing under way goes on afterwards. */
  during<T>(trace: Trace, body: () => T): T;
  /** Makes a graph output known as a tensor. */
  adopt(output: Output): Metadata;
  /** The graph output of a tensor, in the tracing under way. */
  outputOf(id: number): Output;
}

/** Makes the binding. */
export function newBinding(library: Library, eager: Eager): Binding {
  const entries = new Map<number, Entry>();
  let last = 0;
  let trace: Trace | undefined;

  const add = (entry: Entry): Metadata => {
    entries.set(++last, entry);
    return { id: last, shape: [...entry.shape], dtype: entry.dtype };
  };
  const entryOf = (id: number): Entry => {
    const entry = entries.get(id);
    if (entry === undefined) throw new OnesheetError(`Cannot use tensor ${id}: it has been disposed`);
    return entry;
  };
  const handleOf = (entry: Entry): Pointer => {
    if (entry.data !== undefined) {
      return entry.handle ??= eager.constant(entry.dtype, entry.shape, entry.data);
    }
    if (entry.handle !== undefined) return entry.handle;
    throw new OnesheetError(
      "Cannot read a tensor while its step is being traced: its value is known only when it runs",
    );
  };
  const dataOf = (entry: Entry): HostData => entry.data ?? eager.read(handleOf(entry)).data;

  const adopt = (output: Output): Metadata => {
    const { graph } = trace!;
    return add({
      shape: graph.shapeOf(output),
      dtype: graph.dtypeOf(output),
      node: { trace: trace!, output },
    });
  };
  const outputOf = (id: number): Output => {
    const entry = entryOf(id);
    if (entry.node?.trace !== trace) {
      const output = trace!.graph.constant(entry.dtype, entry.shape, dataOf(entry));
      entry.node = { trace: trace!, output };
    }
    return entry.node!.output;
  };

  return {
    ...tfjsConstants,
    TF_Version: library.version,
    get trace() {
      return trace;
    },
    isUsingGpuDevice: () => eager.device === "GPU",
    createTensor: (shape, dtype, values) => add({ shape, dtype, data: hostData(values, dtype) }).id,
    deleteTensor: (id) => {
      const { handle } = entryOf(id);
      if (handle !== undefined) eager.delete(handle);
      entries.delete(id);
    },
    tensorDataSync: (id) => dataOf(entryOf(id)),
    executeOp: (name, attributes, inputs, outputs) => {
      if (trace !== undefined) {
        const operation = trace.graph.add(name, inputs.map(outputOf), attributes);
        return Array.from({ length: outputs }, (_, index) => adopt({ operation, index }));
      }
      const handles = inputs.map((id) => handleOf(entryOf(id)));
      return eager.execute(name, handles, attributes, outputs).map(add);
    },
    during: (next, body) => {
      const outer = trace;
      trace = next;
      try {
        return body();
      } finally {
        trace = outer;
      }
    },
    adopt,
    outputOf,
  } as Binding;
}

/** The numbers by which tfjs-node's kernels name types and attributes. */
const tfjsConstants = {
  TF_FLOAT: DT.FLOAT,
  TF_INT32: DT.INT32,
  TF_INT64: DT.INT64,
  TF_BOOL: DT.BOOL,
  TF_COMPLEX64: DT.COMPLEX64,
  TF_STRING: DT.STRING,
  TF_RESOURCE: DT.RESOURCE,
  TF_UINT8: DT.UINT8,
  TF_ATTR_STRING: ATTR.STRING,
  TF_ATTR_INT: ATTR.INT,
  TF_ATTR_FLOAT: ATTR.FLOAT,
  TF_ATTR_BOOL: ATTR.BOOL,
  TF_ATTR_TYPE: ATTR.TYPE,
  TF_ATTR_SHAPE: ATTR.SHAPE,
  TF_ATTR_RESOURCE: ATTR.RESOURCE,
};
