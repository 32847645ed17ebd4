/**
 * One step of AdamW (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101) with PyTorch's meaning, in one pass
 * over the parameter and its moments.
 */
import type { KernelConfig, TensorInfo } from "@tensorflow/tfjs";
import { kernel, onHeap } from "./kernel.ts";

interface Inputs {
  readonly parameter: TensorInfo;
  readonly mean: TensorInfo;
  readonly square: TensorInfo;
  readonly gradient: TensorInfo;
  /** Learning rate, and the number t of the step, from 1: scalars. */
  readonly rate: TensorInfo;
  readonly step: TensorInfo;
}

interface Attributes {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly decay: number;
}

/** `AdamW`: [parameter, mean, square] after one step. */
export const adamwKernels: readonly KernelConfig[] = [
  kernel<Inputs, Attributes>("AdamW", (tensors, { beta1, beta2, epsilon, decay }, backend) => {
    const { parameter, mean, square, gradient } = tensors;
    const scalar = ({ dataId }: TensorInfo) => (backend.readSync(dataId) as Float32Array)[0];
    const rate = scalar(tensors.rate), step = scalar(tensors.step);
    const kept = 1 - rate * decay;
    const size = rate / (1 - beta1 ** step);
    const correction = 1 / Math.sqrt(1 - beta2 ** step);

    const { shape } = parameter;
    const { inputs, outputs } = onHeap(backend, [parameter, mean, square, gradient], [shape, shape, shape]);
    const [p, m, v, g] = inputs;
    const [nextP, nextM, nextV] = outputs.map(({ data }) => data);
    for (let i = 0; i < p.length; i++) {
      nextM[i] = beta1 * m[i] + (1 - beta1) * g[i];
      nextV[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
      nextP[i] = kept * p[i] - size * nextM[i] / (Math.sqrt(nextV[i]) * correction + epsilon);
    }
    return outputs.map(({ tensor }) => tensor);
  }),
];
