/** Batch normalization in training, composed. */
import type { KernelConfig, Tensor } from "@tensorflow/tfjs";
import { type BatchNormSaved, batchNormTraining, batchNormTrainingGrad } from "../composed.ts";
import { kernel } from "./kernel.ts";

/** `BatchNormTraining` and `BatchNormTrainingGrad`. */
export const batchNormKernels: readonly KernelConfig[] = [
  kernel<{ x: Tensor; scale: Tensor; offset: Tensor }, { epsilon: number }>(
    "BatchNormTraining",
    ({ x, scale, offset }, { epsilon }) => batchNormTraining(x, scale, offset, epsilon),
  ),
  kernel<BatchNormSaved, { epsilon: number }>(
    "BatchNormTrainingGrad",
    (saved, { epsilon }) => batchNormTrainingGrad(saved, epsilon),
  ),
];
