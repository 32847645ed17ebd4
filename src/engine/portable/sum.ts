/**
 * Sums and means, added up in float64: the backend's own add in float32, one number after the other, which is 0.8 % off
 * after some ten million numbers.
 */
import type { KernelConfig, Tensor, TensorInfo } from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { tf } from "../tfjs.ts";
import { kernel } from "./kernel.ts";

interface Attributes {
  readonly axis?: number | number[];
  readonly keepDims?: boolean;
}

const size = tf.util.sizeFromShape;

/** `[outer, count, inner]` to `[outer, inner]`: sums over the middle axis, times `factor`. */
function addUp(
  x: Float32Array,
  sums: Float32Array,
  [outer, count, inner]: readonly [number, number, number],
  factor: number,
): void {
  const sum = new Float64Array(inner);
  for (let o = 0, from = 0; o < outer; o++) {
    if (inner === 1) { // twice as fast without the array
      let only = 0;
      for (const end = from + count; from < end; from++) only += x[from];
      sums[o] = only * factor;
      continue;
    }
    sum.fill(0);
    for (let n = 0; n < count; n++) {
      for (let i = 0; i < inner; i++) sum[i] += x[from++];
    }
    for (let i = 0; i < inner; i++) sums[o * inner + i] = sum[i] * factor;
  }
}

/** x with the axes that are added up side by side, as `[outer, count, inner]`. */
function together(x: Tensor, axes: readonly number[]): readonly [Tensor, readonly [number, number, number]] {
  const [first = 0] = axes, behind = first + axes.length;
  if (axes.every((axis, i) => axis === first + i)) {
    const parts = [x.shape.slice(0, first), x.shape.slice(first, behind), x.shape.slice(behind)];
    return [x, parts.map(size) as [number, number, number]];
  }
  const others = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const moved = tf.transpose(x, [...others, ...axes]);
  const count = size(axes.map((axis) => x.shape[axis]));
  return [moved, [size(x.shape) / count, count, 1]];
}

const reduced = (
  x: Tensor,
  { axis, keepDims }: Attributes,
  backend: BackendWasm,
  dtype: "float32" | "int32",
  factor: (count: number) => number,
): TensorInfo => {
  const axes = tf.util.parseAxisParam(axis as number, x.shape).toSorted((a, b) => a - b);
  const shape = x.shape.flatMap((length, i) => axes.includes(i) ? keepDims ? [1] : [] : [length]);
  const sums = backend.makeOutput(shape, dtype);
  tf.tidy(() => {
    const [moved, lengths] = together(x, axes);
    const [from, to] = [moved, sums].map((tensor) => backend.typedArrayFromHeap(tensor) as Float32Array);
    addUp(from, to, lengths, factor(lengths[1]));
  });
  return sums;
};

/** `Sum` and `Mean`. */
export const sumKernels: readonly KernelConfig[] = [
  kernel<{ x: Tensor }, Attributes>(
    "Sum",
    ({ x }, attributes, backend) =>
      reduced(x, attributes, backend, x.dtype === "float32" ? "float32" : "int32", () => 1),
  ),
  kernel<{ x: Tensor }, Attributes>(
    "Mean",
    ({ x }, attributes, backend) => reduced(x, attributes, backend, "float32", (count) => 1 / count),
  ),
];
