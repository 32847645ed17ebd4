/**
 * Resource variables: named arrays that live in a session. What is put waits, and what is got is fetched together with
 * its neighbours by name, because each new set of feeds and fetches costs TensorFlow a pass over the whole graph.
 */
import { OnesheetError } from "../base/errors.ts";
import { int32, type Value } from "../base/value.ts";
import { attribute } from "./attributes.ts";
import { DT } from "./dtype.ts";
import type { Graph, Output } from "./graph.ts";
import type { Pointer } from "./library.ts";
import type { Numbers } from "./native.ts";
import type { Session } from "./session.ts";
import type { Variable } from "./trace.ts";

/** Bytes put or fetched at a time. */
const GROUP = 64 * 2 ** 20;

/** A variable and what is needed to set it and read it from outside a step. */
interface Stored extends Variable {
  readonly input: Output;
  readonly assign: Pointer;
  readonly read: Output;
  readonly bytes: number;
}

/** The variables of a session. */
export interface Variables {
  /** In the order they were first put. */
  all(): readonly Variable[];
  /** The variable of that name; none is an error: `Cannot <verb> "name": …`. */
  find(verb: string, name: string): Variable;
  /** Adds an operation that reads a variable. */
  read(variable: Variable): Output;
  /** Adds an operation that sets a variable. */
  assign(variable: Variable, value: Output, after?: readonly Pointer[]): Pointer;
  put(name: string, value: Value): Promise<void>;
  get(name: string): Promise<Value>;
  /** Brings what was put into the session; afterwards the session's steps may change it. */
  settle(): Promise<void>;
}

const typeNames: Readonly<Record<number, string>> = {
  [DT.FLOAT]: "float32",
  [DT.INT32]: "int32",
  [DT.BOOL]: "bool",
};

/** The `TF_DataType` of a value. */
export const dtypeOf = (value: Value): number => value.dtype === "float32" ? DT.FLOAT : DT.INT32;

/** An array's type and shape for people: `float32 [2, 3]`. */
export const typeText = (
  { dtype, shape }: { readonly dtype: number; readonly shape: readonly number[] },
): string => `${typeNames[dtype] ?? `TF_DataType ${dtype}`} [${shape.join(", ")}]`;

/** What a session gave, as a value; truth values become 0 and 1. */
export function valueOf({ dtype, shape, data }: Numbers): Value {
  if (dtype === DT.FLOAT) return { dtype: "float32", shape, data: data as Float32Array };
  return int32(shape, dtype === DT.INT32 ? data as Int32Array : Int32Array.from(data as Uint8Array));
}

/** Cuts a list into runs of neighbours of at most `GROUP` bytes, or one item. */
function groups(stored: readonly Stored[]): Stored[][] {
  const result: Stored[][] = [];
  let bytes = Infinity;
  for (const variable of stored) {
    if (bytes + variable.bytes > GROUP) {
      result.push([]);
      bytes = 0;
    }
    result.at(-1)!.push(variable);
    bytes += variable.bytes;
  }
  return result;
}

/** Starts without variables. */
export function newVariables(graph: Graph, session: Session): Variables {
  const stored = new Map<string, Stored>();
  let waiting = new Map<string, Value>();
  let waitingBytes = 0;
  let fetched = new Map<string, Value>();
  let grouped: Stored[][] | undefined;

  const output = (operation: Pointer): Output => ({ operation, index: 0 });
  const typed = (dtype: number) => [attribute.type("dtype", dtype)];
  const read = ({ handle, dtype }: Variable): Output =>
    output(graph.add("ReadVariableOp", [handle], typed(dtype)));
  const assign = ({ handle, dtype }: Variable, value: Output, after: readonly Pointer[] = []): Pointer =>
    graph.add("AssignVariableOp", [handle, value], typed(dtype), after);

  const declare = (name: string, value: Value): Stored => {
    const { shape } = value;
    const dtype = dtypeOf(value);
    const attributes = [
      ...typed(dtype),
      attribute.shape("shape", shape),
      attribute.string("shared_name", name),
    ];
    const variable = { name, dtype, shape, handle: output(graph.add("VarHandleOp", [], attributes)) };
    const input = graph.placeholder(dtype, shape);
    return {
      ...variable,
      input,
      assign: assign(variable, input),
      read: read(variable),
      bytes: value.data.byteLength,
    };
  };
  const find = (verb: string, name: string): Stored => {
    const found = stored.get(name);
    if (found === undefined) {
      throw new OnesheetError(`Cannot ${verb} "${name}": the memory holds no array of that name`);
    }
    return found;
  };
  const settle = async () => {
    fetched = new Map();
    if (waiting.size === 0) return;
    const settling = [...waiting];
    [waiting, waitingBytes] = [new Map(), 0];
    const feeds = settling.map(([name, value]) => {
      const { input: output, dtype, shape } = stored.get(name)!;
      return { output, dtype, shape, data: value.data };
    });
    await session.run(feeds, [], settling.map(([name]) => stored.get(name)!.assign));
  };

  return {
    all: () => [...stored.values()],
    find,
    read,
    assign,
    settle,
    put: async (name, value) => {
      let variable = stored.get(name);
      if (variable === undefined) {
        stored.set(name, variable = declare(name, value));
        grouped = undefined;
      }
      const [expected, found] = [typeText(variable), typeText({ dtype: dtypeOf(value), shape: value.shape })];
      if (expected !== found) {
        throw new OnesheetError(`Cannot put "${name}": expected ${expected}, found ${found}`);
      }
      waiting.set(name, value);
      waitingBytes += value.data.byteLength;
      if (waitingBytes > GROUP) await settle();
    },
    get: async (name) => {
      find("read", name);
      if (waiting.size > 0) await settle();
      if (!fetched.has(name)) {
        grouped ??= groups([...stored.values()].sort((a, b) => a.name < b.name ? -1 : 1));
        const group = grouped.find((members) => members.some((member) => member.name === name))!;
        const values = await session.run([], group.map((member) => member.read), []);
        fetched = new Map(group.map((member, i) => [member.name, valueOf(values[i])]));
      }
      const value = fetched.get(name)!;
      fetched.delete(name); // the caller's now
      return value;
    },
  };
}
