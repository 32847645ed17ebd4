/** Element-by-element work, its operations one after the other. */
import type { KernelConfig, Tensor, TensorInfo } from "@tensorflow/tfjs";
import { kernel } from "./kernel.ts";

/** `Fused`: the results of `body`. */
export const fusedKernels: readonly KernelConfig[] = [
  kernel<Record<string, TensorInfo>, { body: (...inputs: Tensor[]) => Tensor[] }>(
    "Fused",
    (inputs, { body }) => body(...Object.values(inputs) as Tensor[]),
  ),
];
