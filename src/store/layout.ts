/** Between the arrays of PyTorch's files and the engine's: the only place that knows both layouts. */
import { OnesheetError } from "../base/errors.ts";
import { float32, type Value } from "../base/value.ts";
import type { StoredParam } from "./state_dict.ts";

/** Numbers in a cache line, about: a block of reads and the block of writes it becomes stay in the fastest cache. */
const block = 16;

/** `[a, b, c] -> [c, b, a]`. */
function reversed(from: Float32Array, a: number, b: number, c: number): Float32Array {
  const into = new Float32Array(from.length);
  for (let i0 = 0; i0 < a; i0 += block) {
    const iEnd = Math.min(i0 + block, a);
    for (let k0 = 0; k0 < c; k0 += block) {
      const kEnd = Math.min(k0 + block, c);
      for (let j = 0; j < b; j++) {
        for (let k = k0; k < kEnd; k++) {
          const row = (k * b + j) * a;
          for (let i = i0; i < iEnd; i++) into[row + i] = from[(i * b + j) * c + k];
        }
      }
    }
  }
  return into;
}

/** The shape a parameter has in the engine. */
function engineShape({ shape, layout }: StoredParam): readonly number[] {
  if (layout !== "oihw") return shape;
  const [out, input, height, width] = shape;
  return [height, width, input, out];
}

/** Fails unless the value is what the parameter holds, in the given shape. */
function check(action: string, value: Value, { name, dtype }: StoredParam, shape: readonly number[]): void {
  const expected = `${dtype} [${shape.join(", ")}]`, found = `${value.dtype} [${value.shape.join(", ")}]`;
  if (expected !== found) {
    throw new OnesheetError(`Cannot ${action} "${name}": expected ${expected}, found ${found}`);
  }
}

/**
 * A file's array as the engine holds it: kernels `[out, in, height, width] -> [height, width, in, out]`, all else as it
 * is, uncopied. Another type or shape than the parameter's is an error.
 */
export function toEngine(value: Value, param: StoredParam): Value {
  check("load", value, param, param.shape);
  if (param.layout !== "oihw" || value.dtype !== "float32") return value;
  const [out, input, height, width] = param.shape;
  return float32(engineShape(param), reversed(value.data, out, input, height * width));
}

/** The reverse of `toEngine`: an engine's array as PyTorch's files hold it. */
export function toFile(value: Value, param: StoredParam): Value {
  check("save", value, param, engineShape(param));
  if (param.layout !== "oihw" || value.dtype !== "float32") return value;
  const [out, input, height, width] = param.shape;
  return float32(param.shape, reversed(value.data, height * width, input, out));
}
