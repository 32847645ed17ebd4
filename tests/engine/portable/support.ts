/** What the kernel tests share: seeded numbers, comparison, slow and obvious references in float64. */
import type { Tensor } from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import { random } from "../../../src/base/random.ts";
import { sizeOf } from "../../../src/base/value.ts";
import { tf } from "../../../src/engine/tfjs.ts";

/** Numbers in [low, high) of a given shape, the same for the same seed. */
export function numbers(seed: string, shape: readonly number[], low = -1, high = 1): Float32Array {
  const stream = random(seed);
  return Float32Array.from({ length: sizeOf(shape) }, () => stream.uniform(low, high));
}

/** Fails unless every number is within `tolerance` of the expected one, relative where that is above 1. */
export function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 2e-6): void {
  assertEquals(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) {
    const off = Math.abs(actual[i] - expected[i]) / Math.max(1, Math.abs(expected[i]));
    if (!(off <= tolerance)) throw new Error(`number ${i}: expected ${expected[i]}, found ${actual[i]}`);
  }
}

/** The gradient of a float64 function, by central differences. */
export function numericGradient(f: (x: Float64Array) => number, at: ArrayLike<number>): Float64Array {
  const h = 1e-5;
  return Float64Array.from(at, (_, i) => {
    const moved = (by: number) => {
      const x = Float64Array.from(at);
      x[i] += by;
      return f(x);
    };
    return (moved(h) - moved(-h)) / (2 * h);
  });
}

/** Runs a kernel by name. */
export function runKernel(
  name: string,
  inputs: Record<string, Tensor>,
  attributes: Record<string, unknown> = {},
): Tensor[] {
  const result = tf.engine().runKernel(name, inputs, attributes as never) as Tensor | Tensor[];
  return Array.isArray(result) ? result : [result];
}

/** The numbers of tensors that `make` returns, everything else disposed of; fails when `make` leaves a tensor behind. */
export function numbersOf(make: () => Tensor[]): Float32Array[] {
  const before = tf.memory();
  const results = tf.tidy(() => make().map((tensor) => tf.keep(tensor)));
  const found = results.map((tensor) => tensor.dataSync<"float32">());
  tf.dispose(results);
  const { numTensors, numDataBuffers } = tf.memory();
  assertEquals({ numTensors, numDataBuffers }, {
    numTensors: before.numTensors,
    numDataBuffers: before.numDataBuffers,
  });
  return found;
}
