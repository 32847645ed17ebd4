/** What this folder needs to know of a model: its arrays' names and shapes. */

/** One array of a model. */
export interface Param {
  /** The name in PyTorch's `state_dict`. */
  readonly name: string;
  /** PyTorch's shape. */
  readonly shape: readonly number[];
  readonly kind: "weight" | "buffer";
  /** int32 buffers are int64 in PyTorch's files. */
  readonly dtype: "float32" | "int32";
  /** Convolution kernels: PyTorch's [out, in, height, width] is [height, width, in, out] in the engine. */
  readonly layout?: "oihw";
}

/** A model's arrays; an alias is a second module prefix under which those of `home` are also known. */
export interface Names {
  readonly params: readonly Param[];
  readonly aliases: readonly (readonly [alias: string, home: string])[];
}
