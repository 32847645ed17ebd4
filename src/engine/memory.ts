/** State in resource variables and steps traced against it: one graph and one session for all of a run. */
import { OnesheetError } from "../base/errors.ts";
import { int32, type Value, type Values } from "../base/value.ts";
import { attribute } from "./attributes.ts";
import { DT } from "./dtype.ts";
import type { Memory, Program, Step, Tensors } from "./engine.ts";
import { newGraph, type Output } from "./graph.ts";
import type { KernelBackend } from "./kernels/kernel.ts";
import type { SessionConfig } from "./config.ts";
import type { Library, Pointer } from "./library.ts";
import { type Fetched, openSession } from "./session.ts";
import { tf } from "./tfjs.ts";
import { newTrace, type Trace, type Variable } from "./trace.ts";

/** A variable and what is needed to set it and read it from outside a step. */
interface Stored extends Variable {
  readonly input: Output;
  readonly assign: Pointer;
  readonly read: Output;
}

/** A step traced for one set of input shapes. */
interface Traced {
  readonly inputs: readonly (readonly [name: string, placeholder: Output])[];
  readonly outputs: readonly (readonly [name: string, output: Output])[];
  readonly targets: readonly Pointer[];
}

const dtypeOf = (value: Value): number => value.dtype === "float32" ? DT.FLOAT : DT.INT32;

function valueOf({ dtype, shape, data }: Fetched): Value {
  if (dtype === DT.FLOAT) return { dtype: "float32", shape, data: data as Float32Array };
  return int32(shape, dtype === DT.INT32 ? data as Int32Array : Int32Array.from(data as Uint8Array));
}

const shapesKey = (inputs: Values): string =>
  Object.entries(inputs).map(([name, { dtype, shape }]) => `${name}:${dtype}[${shape}]`).sort().join(" ");

/** Opens an empty memory. */
export function openMemory(library: Library, backend: KernelBackend, config: SessionConfig): Memory {
  const graph = newGraph(library);
  const session = openSession(library, graph, config);
  const variables = new Map<string, Stored>();
  const { binding } = backend;

  const output = (operation: Pointer): Output => ({ operation, index: 0 });
  const read = (handle: Output, dtype: number) =>
    output(graph.add("ReadVariableOp", [handle], [attribute.type("dtype", dtype)]));
  const assign = (handle: Output, dtype: number, value: Output, after: readonly Pointer[] = []) =>
    graph.add("AssignVariableOp", [handle, value], [attribute.type("dtype", dtype)], after);

  const declare = (name: string, { shape, dtype: type }: Value): Stored => {
    const dtype = type === "float32" ? DT.FLOAT : DT.INT32;
    const handle = output(graph.add("VarHandleOp", [], [
      attribute.type("dtype", dtype),
      attribute.shape("shape", shape),
      attribute.string("shared_name", name),
    ]));
    const input = graph.placeholder(dtype, shape);
    const stored = {
      name,
      dtype,
      shape,
      handle,
      input,
      assign: assign(handle, dtype, input),
      read: read(handle, dtype),
    };
    variables.set(name, stored);
    return stored;
  };

  /** Where the new value of a variable comes from: an operation that sets it. */
  const setter = (trace: Trace, name: string, before: Output | undefined, next: Output): Pointer => {
    const variable = variables.get(name);
    if (variable === undefined || before === undefined) {
      throw new OnesheetError(`Cannot set state "${name}": the memory holds no array of that name`);
    }
    const applied = trace.appliedTo(next);
    if (applied?.variable === variable) return applied.operation;
    return assign(variable.handle, variable.dtype, next, [before.operation]);
  };

  const traced = (step: Step, inputs: Values): Traced => {
    const trace = newTrace(graph);
    const tensorOf = (from: Output) => backend.createOutputTensor(binding.adopt(from));
    return binding.during(trace, (): Traced =>
      tf.tidy(() => {
        const reads = new Map<string, Output>();
        const state: Record<string, ReturnType<typeof tensorOf>> = {};
        for (const variable of variables.values()) {
          const now = read(variable.handle, variable.dtype);
          trace.markRead(now, variable);
          reads.set(variable.name, now);
          state[variable.name] = tensorOf(now);
        }
        const placeholders = Object.entries(inputs).map(([name, value]) =>
          [name, graph.placeholder(dtypeOf(value), value.shape)] as const
        );
        const given = Object.fromEntries(placeholders.map(([name, from]) => [name, tensorOf(from)]));
        const result = step(state, given);
        const outputsOf = (tensors: Tensors) => {
          const ids = backend.getInputTensorIds(Object.values(tensors));
          return Object.keys(tensors).map((name, i) => [name, binding.outputOf(ids[i])] as const);
        };
        const targets = outputsOf(result.state ?? {}).map(([name, next]) =>
          setter(trace, name, reads.get(name), next)
        );
        return { inputs: placeholders, outputs: outputsOf(result.outputs), targets } as Traced as never;
      }));
  };

  const storedOf = (name: string): Stored => {
    const stored = variables.get(name);
    if (stored === undefined) {
      throw new OnesheetError(`Cannot read "${name}": the memory holds no array of that name`);
    }
    return stored;
  };

  return {
    get names() {
      return [...variables.keys()];
    },
    put: async (name, value) => {
      const { input, assign } = variables.get(name) ?? declare(name, value);
      await session.run(
        [{ output: input, dtype: dtypeOf(value), shape: value.shape, data: value.data }],
        [],
        [
          assign,
        ],
      );
    },
    get: async (name) => valueOf((await session.run([], [storedOf(name).read], []))[0]),
    compile: (step): Program => {
      const byShapes = new Map<string, Traced>();
      return {
        run: async (inputs) => {
          const key = shapesKey(inputs);
          let program = byShapes.get(key);
          if (program === undefined) byShapes.set(key, program = traced(step, inputs));
          const feeds = program.inputs.map(([name, from]) => {
            const value = inputs[name];
            return { output: from, dtype: dtypeOf(value), shape: value.shape, data: value.data };
          });
          const fetched = await session.run(feeds, program.outputs.map(([, from]) => from), program.targets);
          return Object.fromEntries(program.outputs.map(([name], i) => [name, valueOf(fetched[i])]));
        },
      };
    },
    [Symbol.dispose]: () => {
      session[Symbol.dispose]();
      graph[Symbol.dispose]();
      variables.clear();
    },
  };
}
