/** State in resource variables and steps traced against it: one graph and one session for all of a run. */
import type { Value, Values } from "../base/value.ts";
import type { SessionConfig } from "./config.ts";
import type { Memory, Program, Step, Tensors } from "./engine.ts";
import { newGraph, type Output } from "./graph.ts";
import type { KernelBackend } from "./kernels/kernel.ts";
import type { Library, Pointer } from "./library.ts";
import { openSession } from "./session.ts";
import { tf } from "./tfjs.ts";
import { newTrace } from "./trace.ts";
import { dtypeOf, newVariables, valueOf } from "./variables.ts";

/** A step traced for one set of input shapes. */
interface Traced {
  readonly inputs: readonly (readonly [name: string, placeholder: Output])[];
  readonly outputs: readonly (readonly [name: string, output: Output])[];
  readonly targets: readonly Pointer[];
}

const shapesKey = (inputs: Values): string =>
  Object.entries(inputs).map(([name, { dtype, shape }]) => `${name}:${dtype}[${shape}]`).sort().join(" ");

const mapValues = <A, B>(
  record: Readonly<Record<string, A>>,
  f: (value: A, name: string) => B,
): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value, name)]));

/** Opens an empty memory. */
export function openMemory(library: Library, backend: KernelBackend, config: SessionConfig): Memory {
  const graph = newGraph(library);
  const session = openSession(library, graph, config);
  const variables = newVariables(graph, session);
  const { binding } = backend;

  const tensorOf = (from: Output) => backend.createOutputTensor(binding.adopt(from));
  const outputsOf = (tensors: Tensors): [name: string, output: Output][] => {
    const ids = backend.getInputTensorIds(Object.values(tensors));
    return Object.keys(tensors).map((name, i) => [name, binding.outputOf(ids[i])]);
  };

  const traced = (step: Step, inputs: Values): Traced => {
    const trace = newTrace(graph);
    const write = (): Traced => {
      const reads = Object.fromEntries(
        variables.all().map((variable) => {
          const read = variables.read(variable);
          trace.markRead(read, variable);
          return [variable.name, read];
        }),
      );
      const placeholders = mapValues(
        inputs,
        (value: Value) => graph.placeholder(dtypeOf(value), value.shape),
      );
      const { state = {}, outputs } = step(mapValues(reads, tensorOf), mapValues(placeholders, tensorOf));
      const targets = outputsOf(state).map(([name, next]) => {
        const variable = variables.find(name);
        const applied = trace.appliedTo(next);
        if (applied?.variable === variable) return applied.operation;
        return variables.assign(variable, next, [reads[name].operation]);
      });
      return { inputs: Object.entries(placeholders), outputs: outputsOf(outputs), targets };
    };
    return binding.during(trace, () => {
      let result!: Traced;
      tf.tidy(() => {
        result = write();
      });
      return result;
    });
  };

  return {
    get names() {
      return variables.all().map(({ name }) => name);
    },
    put: variables.put,
    get: variables.get,
    compile: (step): Program => {
      const byShapes = new Map<string, Traced>();
      return {
        run: async (inputs) => {
          await variables.settle();
          const key = shapesKey(inputs);
          let program = byShapes.get(key);
          if (program === undefined) byShapes.set(key, program = traced(step, inputs));
          const feeds = program.inputs.map(([name, output]) => {
            const value = inputs[name];
            return { output, dtype: dtypeOf(value), shape: value.shape, data: value.data };
          });
          const fetched = await session.run(
            feeds,
            program.outputs.map(([, output]) => output),
            program.targets,
          );
          return Object.fromEntries(program.outputs.map(([name], i) => [name, valueOf(fetched[i])]));
        },
      };
    },
    [Symbol.dispose]: () => {
      session[Symbol.dispose]();
      graph[Symbol.dispose]();
    },
  };
}
