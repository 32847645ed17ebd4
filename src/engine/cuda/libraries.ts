/** The CUDA libraries beside the CUDA build of libtensorflow, opened before it so that it finds them by name. */
import { basename, dirname, join } from "node:path";
import { preload } from "../library.ts";
import { NoCuda } from "./reasons.ts";

/**
 * Paths below the folder `nvidia`, each after those it needs. libtensorflow asks for seven of them (cudart, cublas,
 * cublasLt, cufft, cusolver, cusparse, cudnn) and uses no GPU unless all open; cuDNN compiles kernels with nvrtc, which
 * it does not find by itself in the folder of nvrtc's package.
 */
export const loadingOrder: readonly string[] = [
  "cuda_runtime/lib/libcudart.so.12",
  "cuda_nvrtc/lib/libnvrtc.so.12",
  "nvjitlink/lib/libnvJitLink.so.12",
  "cublas/lib/libcublasLt.so.12",
  "cublas/lib/libcublas.so.12",
  "cusparse/lib/libcusparse.so.12",
  "cusolver/lib/libcusolver.so.11",
  "cufft/lib/libcufft.so.11",
  "cudnn/lib/libcudnn_graph.so.9",
  "cudnn/lib/libcudnn_ops.so.9",
  "cudnn/lib/libcudnn_cnn.so.9",
  "cudnn/lib/libcudnn_heuristic.so.9",
  "cudnn/lib/libcudnn_engines_precompiled.so.9",
  "cudnn/lib/libcudnn_engines_runtime_compiled.so.9",
  "cudnn/lib/libcudnn_adv.so.9",
  "cudnn/lib/libcudnn.so.9",
];

/**
 * Loads the libraries in a folder `nvidia`.
 *
 * @throws NoCuda that names the first that is missing or broken.
 */
export function loadCuda(folder: string, order: readonly string[] = loadingOrder): void {
  const refused = preload(order.map((path) => join(folder, path)));
  if (refused === undefined) return;
  throw new NoCuda(
    `${basename(refused.path)} does not open (${refused.reason})`,
    `delete "${dirname(folder)}" and run \`deno task setup --cuda\``,
  );
}
