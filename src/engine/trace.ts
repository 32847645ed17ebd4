/** A step being traced: the graph it is written into, and which of its tensors stand for variables. */
import { addressOf } from "./native.ts";
import type { Graph, Output } from "./graph.ts";
import type { Pointer } from "./library.ts";

/** A resource variable: state that lives in the session. */
export interface Variable {
  readonly name: string;
  readonly dtype: number;
  readonly shape: readonly number[];
  readonly handle: Output;
}

/** A variable's value as an operation updated it in place. */
export interface Applied {
  readonly variable: Variable;
  readonly operation: Pointer;
}

/** One tracing. */
export interface Trace {
  readonly graph: Graph;
  /** Whether element-by-element work becomes functions for XLA; otherwise it stays the operations it is. */
  readonly isFusing: boolean;
  /** Marks an output as the value a variable had when the step began. */
  markRead(output: Output, variable: Variable): void;
  /** The variable whose initial value this output is. */
  variableOf(output: Output): Variable | undefined;
  /** Marks an output as the value of a variable after an in-place update. */
  markApplied(output: Output, applied: Applied): void;
  appliedTo(output: Output): Applied | undefined;
  /** Every in-place update so far. */
  allApplied(): Iterable<Applied>;
}

/** Starts a tracing into a graph. */
export function newTrace(graph: Graph, isFusing = true): Trace {
  const reads = new Map<bigint, Variable>();
  const applied = new Map<bigint, Applied>();
  const key = (output: Output) => addressOf(output.operation);
  return {
    graph,
    isFusing,
    markRead: (output, variable) => void reads.set(key(output), variable),
    variableOf: (output) => reads.get(key(output)),
    markApplied: (output, update) => void applied.set(key(output), update),
    appliedTo: (output) => applied.get(key(output)),
    allApplied: () => applied.values(),
  };
}
