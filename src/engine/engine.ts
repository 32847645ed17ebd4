/** What an engine is: a place where tensors live and steps run. */
import type { Tensor as TfjsTensor } from "@tensorflow/tfjs";
import type { Value, Values } from "../base/value.ts";
import type { EngineOptions } from "./options.ts";

export type { EngineOptions, Precision } from "./options.ts";

/** An array in the engine: its shape and type are known, its numbers may not be there yet. */
export type Tensor = TfjsTensor;

/** Tensors by name. */
export type Tensors = Readonly<Record<string, Tensor>>;

/**
 * A pure step: state and inputs in, changed state and outputs out. It is run as it stands (portable) or traced once
 * per input shape into a graph (tensorflow); state it does not return stays as it was. What came in as state has the
 * numbers from before the step wherever it is used, as an output too. What the kernel `AdamW` updates must be returned
 * as the state it came from.
 */
export type Step = (
  state: Tensors,
  inputs: Tensors,
) => { readonly state?: Tensors; readonly outputs: Tensors };

/** The type and the shape of an array. */
export type Spec = Pick<Value, "dtype" | "shape">;

/** An array that a frozen graph is given or gives. */
export interface FrozenTensor extends Spec {
  /** Of the graph's node. */
  readonly node: string;
}

/** A step as a graph of its own. */
export interface Frozen {
  /** A GraphDef (graph.proto). */
  readonly graph: Uint8Array;
  /** By the names that the step gives them. */
  readonly inputs: Readonly<Record<string, FrozenTensor>>;
  /** By the names that the step gives them. */
  readonly outputs: Readonly<Record<string, FrozenTensor>>;
}

/** A step bound to a memory. */
export interface Program {
  /**
   * Runs the step once: the memory moves on, the outputs come back, truth values as 0 and 1. Calls on one memory take
   * turns in the order they were made. A step that is refused or throws changes nothing; on tensorflow, one that fails
   * while its graph runs (an id outside a table, say) may have changed a part of the state.
   */
  run(inputs: Values): Promise<Values>;
}

/** Named state inside the engine, and the programs that share it. */
export interface Memory extends Disposable {
  /** Names held, in the order they were first put. */
  readonly names: readonly string[];
  /** Creates or overwrites one array. */
  put(name: string, value: Value): Promise<void>;
  /** Copies one array out. */
  get(name: string): Promise<Value>;
  /** Binds a step to this memory. */
  compile(step: Step): Program;
  /**
   * The step as a graph of plain operations in which the state is constant, for inputs of these types and shapes. Only
   * on tensorflow.
   */
  freeze?(step: Step, inputs: Readonly<Record<string, Spec>>): Promise<Frozen>;
  /**
   * What every step that the work runs took, operation by operation: TensorFlow's RunMetadata (config.proto). Such a
   * step is slower as a whole. Only on tensorflow.
   */
  profile?(work: () => Promise<unknown>): Promise<Uint8Array[]>;
}

/** What the engine holds at the moment; constant over the steps of a run. */
export interface Holdings {
  /** Tensors known to tfjs. */
  readonly tensors: number;
  /** Native objects: tensors, graphs, sessions, statuses; 0 where there is nothing native. */
  readonly handles: number;
}

/** Where tensors live and steps run. */
export interface Engine {
  /** What `--engine` calls it. */
  readonly name: "cuda" | "tensorflow" | "portable";
  /** For people: library, version, device, and the options that are not usual. */
  readonly description: string;
  /** The options it was opened with, as far as they are not the usual. */
  readonly options: EngineOptions;
  /** Opens an empty memory. */
  memory(): Memory;
  /** Counts what is held. */
  holdings(): Holdings;
}
