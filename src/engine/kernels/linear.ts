/** Matrix products and table look-ups as libtensorflow does them best. */
import type { KernelConfig, TensorInfo } from "@tensorflow/tfjs";
import { attribute } from "../attributes.ts";
import { tf } from "../tfjs.ts";
import { kernel, T, typeOf } from "./kernel.ts";

interface Product {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Rows for which a Bᵀ is computed as (B aᵀ)ᵀ: oneDNN would first repack all of B, 2 to 4 times the work. */
const FEW = 64;

/** Replacements of tfjs-node's kernels. */
export const linearKernels: readonly KernelConfig[] = [
  // BatchMatMulV2 on two matrices takes 1.4 times as long as MatMul.
  kernel<{ a: TensorInfo; b: TensorInfo }, Product>("BatchMatMul", (backend, { a, b }, attrs) => {
    const matrices = a.shape.length === 2 && b.shape.length === 2;
    if (matrices && attrs.transposeB && !attrs.transposeA && a.shape[0] <= FEW && a.shape[0] < b.shape[0]) {
      const product = backend.executeSingleOutput(
        "MatMul",
        [T(a), attribute.bool("transpose_a", false), attribute.bool("transpose_b", true)],
        [b, a],
      );
      return tf.transpose(product);
    }
    const [name, first, second] = matrices
      ? ["MatMul", "transpose_a", "transpose_b"]
      : ["BatchMatMulV2", "adj_x", "adj_y"];
    return backend.executeSingleOutput(
      name,
      [T(a), attribute.bool(first, attrs.transposeA), attribute.bool(second, attrs.transposeB)],
      [a, b],
    );
  }),
  // tfjs-node checks the indices' values, which a traced step does not have; TensorFlow checks them when it runs.
  kernel<{ x: TensorInfo; indices: TensorInfo }, { axis: number; batchDims: number }>(
    "GatherV2",
    (backend, { x, indices }, { axis, batchDims }) =>
      backend.executeSingleOutput("GatherV2", [
        attribute.int("batch_dims", batchDims),
        attribute.type("Tparams", typeOf(x.dtype)),
        attribute.type("Tindices", typeOf(indices.dtype)),
        attribute.type("Taxis", typeOf("int32")),
      ], [x, indices, tf.scalar(axis, "int32")]),
  ),
];
