/** Numbers outside the engine: what goes into a step and what comes out of it. */

import { OnesheetError } from "./errors.ts";

/** A dense array in row-major order. */
export type Value =
  | { readonly dtype: "float32"; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: "int32"; readonly shape: readonly number[]; readonly data: Int32Array };

/** Values by name. */
export type Values = Readonly<Record<string, Value>>;

/** A float32 value. */
export const float32 = (shape: readonly number[], data: Float32Array | readonly number[]): Value => ({
  dtype: "float32",
  shape,
  data: data instanceof Float32Array ? data : Float32Array.from(data),
});

/** An int32 value. */
export const int32 = (shape: readonly number[], data: Int32Array | readonly number[]): Value => ({
  dtype: "int32",
  shape,
  data: data instanceof Int32Array ? data : Int32Array.from(data),
});

/** Numbers in an array of this shape; 1 for a scalar. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

/** Whether all numbers are finite. */
export function allFinite(data: Float32Array | Int32Array): boolean {
  let zero = 0;
  for (let i = 0; i < data.length; i++) zero += data[i] * 0; // NaN from the first that is not finite on
  return zero === 0;
}

/** Most axes an array may have: PyTorch's bound. libtensorflow ends the process above 254. */
const HIGHEST_RANK = 64;

/**
 * Whether an array can have this shape: at most 64 whole numbers, whose product without zeros can be counted in. Native
 * code ends the process on others.
 */
export function isShape(shape: readonly unknown[]): shape is readonly number[] {
  if (shape.length > HIGHEST_RANK) return false;
  if (!shape.every((size) => Number.isSafeInteger(size) && (size as number) >= 0)) return false;
  return Number.isSafeInteger(sizeOf((shape as readonly number[]).filter((size) => size > 0)));
}

/** The first axes of a shape, for an error: it may have any number of them. */
const shown = (shape: readonly unknown[]): string =>
  `[${shape.slice(0, 8).join(", ")}${shape.length > 8 ? ", …" : ""}]`;

/** Why there cannot be an array of this shape with these numbers; undefined where there can. */
export function arrayFault(shape: readonly number[], data: ArrayLike<unknown>): string | undefined {
  if (!isShape(shape)) {
    return `expected a shape of at most ${HIGHEST_RANK} whole numbers with a product below 2^53, found ${
      shown(shape)
    }`;
  }
  if (data.length === sizeOf(shape)) return undefined;
  return `expected ${sizeOf(shape)} numbers for ${shown(shape)}, found ${data.length}`;
}

/** Throws unless a value is what its type says, also where nobody checked types: native code would read beyond it. */
export function checkValue(verb: string, name: string, { dtype, shape, data }: Value): void {
  const typed = dtype === "float32"
    ? data instanceof Float32Array
    : dtype === "int32" && data instanceof Int32Array;
  const fault = typed
    ? arrayFault(shape, data)
    : `expected float32 in a Float32Array or int32 in an Int32Array, found ${dtype} in ${
      Object.prototype.toString.call(data).slice(8, -1)
    }`;
  if (fault !== undefined) throw new OnesheetError(`Cannot ${verb} "${name}": ${fault}`);
}
