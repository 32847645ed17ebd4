/**
 * Matrix products. The backend hands a product to XNNPACK only when nothing is transposed and nothing is batched;
 * everything else runs in a plain loop (2 GFLOP/s instead of 25). So transposing happens first, and a batch is one
 * product per matrix on views of the same memory.
 */
import type { KernelConfig, Tensor, TensorInfo } from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { tf } from "../tfjs.ts";
import { kernel } from "./kernel.ts";

const swapLastTwo = (x: Tensor): Tensor => {
  const axes = x.shape.map((_, axis) => axis);
  return tf.transpose(x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
};

const size = tf.util.sizeFromShape;
const int32Bytes = (numbers: readonly number[]) => new Uint8Array(Int32Array.from(numbers).buffer);

/** Emscripten's way to a C function, which the backend's types leave out. */
interface Emscripten {
  cwrap(
    name: string,
    result: null,
    parameters: readonly string[],
  ): (...given: readonly (number | Uint8Array)[]) => void;
}

/** out[i] = a[i] b[i] for `count` matrices that lie one after the other. */
function multiply(
  backend: BackendWasm,
  count: number,
  [a, aShape]: readonly [TensorInfo, readonly number[]],
  [b, bShape]: readonly [TensorInfo, readonly number[]],
  out: TensorInfo,
): void {
  const { wasm, dataIdMap } = backend;
  const product = (wasm as unknown as Emscripten).cwrap("BatchMatMul", null, [
    ...["number", "array", "number"],
    ...["number", "array", "number"],
    ...["number", "number", "number"],
  ]);
  const outShape = [aShape[0], bShape[1]];
  const [aBytes, bBytes] = [int32Bytes([1, ...aShape]), int32Bytes([1, ...bShape])];
  /** The i-th matrix of a tensor as a tensor of its own, and its number inside the backend. */
  const matrix = (of: TensorInfo, shape: readonly number[], i: number) => {
    const offset = dataIdMap.get(of.dataId).memoryOffset + i * size([...shape]) * 4;
    const { dataId } = backend.makeOutput([...shape], "float32", offset);
    return { dataId, id: dataIdMap.get(dataId).id };
  };
  for (let i = 0; i < count; i++) {
    const views = [matrix(a, aShape, i), matrix(b, bShape, i), matrix(out, outShape, i)];
    const [first, second, result] = views;
    product(first.id, aBytes, 3, second.id, bBytes, 3, 0, 0, result.id);
    for (const { dataId, id } of views) { // forgets the view; the memory belongs to the whole tensor
      wasm.tfjs.disposeData(id);
      dataIdMap.delete(dataId);
    }
  }
}

interface Attributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** `BatchMatMul`: `[…, m, k]` and `[…, k, n]` to `[…, m, n]`; leading axes broadcast. */
export const matmulKernels: readonly KernelConfig[] = [
  kernel<{ a: Tensor; b: Tensor }, Attributes>(
    "BatchMatMul",
    (inputs, { transposeA, transposeB }, backend) =>
      tf.tidy(() => {
        if (inputs.a.dtype !== "float32") {
          throw new TypeError(`Cannot multiply matrices: expected float32, found ${inputs.a.dtype}`);
        }
        let a = transposeA ? swapLastTwo(inputs.a) : inputs.a;
        let b = transposeB ? swapLastTwo(inputs.b) : inputs.b;
        const { assertAndGetBroadcastShape } = tf.broadcast_util;
        const batch = assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
        const [m, k] = a.shape.slice(-2);
        const [inner, n] = b.shape.slice(-2);
        if (inner !== k) {
          throw new RangeError(
            `Cannot multiply matrices: expected as many columns as rows, found [${a.shape}] and [${b.shape}]`,
          );
        }
        const out = tf.engine().makeTensorFromTensorInfo(backend.makeOutput([...batch, m, n], "float32"));
        if (size(b.shape) === k * n && size(a.shape) === size(batch) * m * k) { // one b for all: one tall product
          multiply(backend, 1, [a, [size(batch) * m, k]], [b, [k, n]], out);
          return out;
        }
        if (size(a.shape.slice(0, -2)) !== size(batch)) a = tf.broadcastTo(a, [...batch, m, k]);
        if (size(b.shape.slice(0, -2)) !== size(batch)) b = tf.broadcastTo(b, [...batch, k, n]);
        multiply(backend, size(batch), [a, [m, k]], [b, [k, n]], out);
        return out;
      }),
  ),
];
