/** Element-by-element work as one kernel. */
import type { KernelConfig, Tensor, TensorInfo } from "@tensorflow/tfjs";
import type { Output } from "../graph.ts";
import { tf } from "../tfjs.ts";
import { newTrace } from "../trace.ts";
import { kernel } from "./kernel.ts";

interface Attributes {
  /** Stands for the body. */
  readonly name: string;
  readonly body: (...inputs: Tensor[]) => Tensor[];
}

/** `Fused`: traced for the CPU, its body becomes a function that XLA compiles; otherwise it runs as it stands. */
export const fusedKernels: readonly KernelConfig[] = [
  kernel<Record<string, TensorInfo>, Attributes>("Fused", (backend, inputs, { name, body }) => {
    const { binding } = backend;
    const args = Object.values(inputs);
    if (!binding.trace?.isFusing || binding.isUsingGpuDevice()) return body(...args as Tensor[]);
    const tensorOf = (output: Output) => backend.createOutputTensor(binding.adopt(output));
    const outputsOf = (tensors: readonly TensorInfo[]) =>
      backend.getInputTensorIds(tensors).map(binding.outputOf);
    const results = binding.trace.graph.call(name, outputsOf(args), (graph, parameters) => {
      let written: Output[] = [];
      binding.during(newTrace(graph), () =>
        tf.tidy(() => {
          written = outputsOf(body(...parameters.map(tensorOf)));
        }));
      return written;
    });
    return results.map(tensorOf);
  }),
];
