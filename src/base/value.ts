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

/** Throws unless there are as many numbers as the shape asks for; native code would read on. */
export function checkSize(verb: string, name: string, { shape, data }: Value): void {
  if (data.length !== sizeOf(shape)) {
    throw new OnesheetError(
      `Cannot ${verb} "${name}": expected ${sizeOf(shape)} numbers for [${
        shape.join(", ")
      }], found ${data.length}`,
    );
  }
}
