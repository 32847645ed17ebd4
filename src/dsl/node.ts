/** The words of the DSL: symbolic values, named arrays, and what a forward pass may see. Knows no particular layer. */
import type { Random } from "../base/random.ts";
import type { Tensor } from "../tensor.ts";

/** The size of an axis; that of a named one is known only when data comes. */
export type Dim = number | "batch" | "nodes" | "neighbours" | "edges";

/** Sizes of all axes. */
export type Shape = readonly Dim[];

/** First values of an array, in PyTorch's layout. */
export type Init = (shape: readonly number[], random: Random) => Float32Array;

/** A named array of the model. */
export interface Param {
  /** PyTorch's `state_dict` name, such as `image_backbone.layer4.0.conv1.weight`. */
  readonly name: string;
  /** PyTorch's shape. */
  readonly shape: readonly number[];
  /** Weights are learnt; buffers are moved by the forward pass in training. */
  readonly kind: "weight" | "buffer";
  /** int32 arrays are int64 in PyTorch's files. */
  readonly dtype: "float32" | "int32";
  /** `oihw`: a convolution kernel, `[out, in, height, width]` in PyTorch, `[height, width, in, out]` in the engine. */
  readonly layout?: "oihw";
  /** First values. */
  readonly init: Init;
}

/** What one forward pass is told and may tell; made fresh for every pass. */
export interface Run {
  /** Whether norms use the batch's statistics and dropout is live. */
  readonly training: boolean;
  /** The seed of a layer's random numbers in this pass, int32 `[2]`; undefined when the pass draws none. */
  seed(path: string): Tensor | undefined;
  /** Gives a buffer its next value. */
  update(buffer: Param, value: Tensor): void;
}

/** A value whose shape is known and whose numbers are not. */
export interface Node {
  /** The path of the layer that made it. */
  readonly path: string;
  /** The shape its value will have. */
  readonly shape: Shape;
  /** What it is computed from. */
  readonly inputs: readonly Node[];
  /** The arrays it is computed with. */
  readonly params: readonly Param[];
  /** That it looks rows of its first param up by the whole numbers of its first input. */
  readonly looksUp?: true;
  /** That its whole numbers are those of its inputs, in another order or with others among them. */
  readonly arranges?: true;
  /** Computes it from the inputs' and the params' tensors. */
  readonly run: (inputs: Tensor[], params: Tensor[], run: Run) => Tensor;
}

/** A layer turns nodes into nodes, under a name. */
export type Layer<In = Node, Out = Node> = (x: In, at: Scope) => Out;

/** A place in the tree of names. Calling it opens a child; each name can be taken once. */
export interface Scope {
  (name: string | number): Scope;
  /** `image_backbone.layer4.0`; empty at the root. */
  readonly path: string;
  /** Declares an array that is learnt. */
  weight(name: string, shape: readonly number[], init: Init, layout?: "oihw"): Param;
  /** Declares an array that the forward pass moves, such as running statistics. */
  buffer(name: string, shape: readonly number[], init: Init, dtype?: "float32" | "int32"): Param;
  /** Makes a value here. */
  node(inputs: readonly Node[], params: readonly Param[], shape: Shape, run: Node["run"]): Node;
  /** Says that everything under `home` is known here, too: a module registered twice. */
  alias(home: Scope): void;
  /** Refuses to build, naming this place. */
  fail(reason: string): never;
}
