/** State in resource variables and steps traced against it: one graph and one session for all of a run. */
import { OnesheetError } from "../base/errors.ts";
import { checkValue, type Value, type Values } from "../base/value.ts";
import type { SessionConfig } from "./config.ts";
import type { Memory, Program, Step, Tensors } from "./engine.ts";
import { freeze } from "./freeze.ts";
import { type Graph, newGraph, type Output } from "./graph.ts";
import { BACKEND, type KernelBackend } from "./kernels/kernel.ts";
import type { Library, Pointer } from "./library.ts";
import { openSession, type Session } from "./session.ts";
import { tf } from "./tfjs.ts";
import { type Applied, newTrace, type Trace } from "./trace.ts";
import { newTurns } from "./turns.ts";
import { dtypeOf, newVariables, typeText, valueOf } from "./variables.ts";

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

/** A session of a graph's own: where none opens the graph goes, too. */
function sessionOn(graph: Graph, library: Library, config: SessionConfig): Session {
  try {
    return openSession(library, graph, config);
  } catch (error) {
    graph[Symbol.dispose]();
    throw error;
  }
}

/** Opens an empty memory. */
export function openMemory(library: Library, backend: KernelBackend, config: SessionConfig): Memory {
  const graph = newGraph(library);
  const session = sessionOn(graph, library, config);
  const variables = newVariables(graph, session);
  const { binding } = backend;
  let onProfile: ((runMetadata: Uint8Array) => void) | undefined;
  const turns = newTurns("the memory", () => {
    session[Symbol.dispose]();
    graph[Symbol.dispose]();
  });

  const tensorOf = (from: Output) => backend.createOutputTensor(binding.adopt(from));
  const outputsOf = (tensors: Tensors): [name: string, output: Output][] => {
    const ids = backend.getInputTensorIds(Object.values(tensors));
    return Object.keys(tensors).map((name, i) => [name, binding.outputOf(ids[i])]);
  };

  /** The operations that bring the step's new state into the variables. */
  const targetsOf = (state: Tensors, trace: Trace, reads: Readonly<Record<string, Output>>): Pointer[] => {
    const kept = new Set<Applied>();
    const targets = outputsOf(state).map(([name, next]) => {
      const variable = variables.find("set state", name);
      const [expected, found] = [
        typeText(variable),
        typeText({ dtype: graph.dtypeOf(next), shape: graph.shapeOf(next) }),
      ];
      if (expected !== found) {
        throw new OnesheetError(`Cannot set state "${name}": expected ${expected}, found ${found}`);
      }
      const applied = trace.appliedTo(next);
      if (applied?.variable !== variable) return variables.assign(variable, next, [reads[name].operation]);
      kept.add(applied);
      return applied.operation;
    });
    for (const applied of trace.allApplied()) {
      if (!kept.has(applied)) {
        const { name } = applied.variable;
        throw new OnesheetError(
          `Cannot trace the step: it updates "${name}" in place, so it must return the result as the state "${name}"`,
        );
      }
    }
    return targets;
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
      const targets = targetsOf(state, trace, reads);
      // TensorFlow refuses to fetch what is fed: an input that is an output too.
      const fetches = outputsOf(outputs).map(([name, output]) => [name, graph.identity(output)] as const);
      return { inputs: Object.entries(placeholders), outputs: fetches, targets };
    };
    if (tf.getBackend() !== BACKEND) tf.setBackend(BACKEND); // another engine of this process has made its own current
    return binding.during(trace, () => {
      let result!: Traced;
      tf.tidy(() => {
        result = write();
      });
      return result;
    });
  };

  /** Runs a step that was traced for these shapes, or is now. */
  const run = async (step: Step, byShapes: Map<string, Traced>, inputs: Values): Promise<Values> => {
    for (const [name, value] of Object.entries(inputs)) checkValue("use", name, value);
    await variables.settle();
    const key = `${variables.all().length} ${shapesKey(inputs)}`; // a variable put later must reach the step
    let program = byShapes.get(key);
    if (program === undefined) byShapes.set(key, program = traced(step, inputs));
    const feeds = program.inputs.map(([name, output]) => {
      const value = inputs[name];
      return { output, dtype: dtypeOf(value), shape: value.shape, data: value.data };
    });
    const fetches = program.outputs.map(([, output]) => output);
    const fetched = await session.run(feeds, fetches, program.targets, onProfile);
    return Object.fromEntries(program.outputs.map(([name], i) => [name, valueOf(fetched[i])]));
  };

  return {
    get names() {
      return variables.all().map(({ name }) => name);
    },
    put: async (name, value) => {
      checkValue("put", name, value);
      const own = { ...value, data: value.data.slice() } as Value; // the caller may change the numbers afterwards
      await turns.take(() => variables.put(name, own));
    },
    get: (name) => turns.take(() => variables.get(name)),
    compile: (step): Program => {
      const byShapes = new Map<string, Traced>();
      return {
        run: (inputs) => {
          if (binding.trace === undefined) return turns.take(() => run(step, byShapes, inputs));
          return Promise.reject(
            new OnesheetError("Cannot run a step inside another: run them one after the other"),
          );
        },
      };
    },
    freeze: (step, inputs) =>
      turns.take(async () => {
        const state: Record<string, Value> = {};
        for (const { name } of variables.all()) state[name] = await variables.get(name);
        return freeze(library, backend, step, state, inputs);
      }),
    profile: async (work) => {
      const runs: Uint8Array[] = [];
      onProfile = (runMetadata) => runs.push(runMetadata);
      try {
        await work();
      } finally {
        onProfile = undefined;
      }
      return runs;
    },
    [Symbol.dispose]: turns.close,
  };
}
