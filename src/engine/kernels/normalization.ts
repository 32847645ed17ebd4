/** Batch normalization with the batch's own statistics, and its gradient. */
import type { KernelConfig, TensorInfo } from "@tensorflow/tfjs";
import { type Attribute, attribute } from "../attributes.ts";
import { DT } from "../dtype.ts";
import { tf } from "../tfjs.ts";
import { kernel } from "./kernel.ts";

const attributes = (epsilon: number): Attribute[] => [
  attribute.type("T", DT.FLOAT),
  attribute.type("U", DT.FLOAT),
  attribute.float("epsilon", epsilon),
  attribute.bool("is_training", true),
  attribute.string("data_format", "NHWC"),
];

interface Saved {
  readonly dy: TensorInfo;
  readonly x: TensorInfo;
  readonly scale: TensorInfo;
  readonly reserve1: TensorInfo;
  readonly reserve2: TensorInfo;
  readonly reserve3: TensorInfo;
}

/** `BatchNormTraining` and `BatchNormTrainingGrad`: see `ops/batch_norm.ts` for their meaning. */
export const normalizationKernels: readonly KernelConfig[] = [
  // FusedBatchNormV3's second output is the unbiased variance, which is what the running statistics take.
  kernel<{ x: TensorInfo; scale: TensorInfo; offset: TensorInfo }, { epsilon: number }>(
    "BatchNormTraining",
    (backend, { x, scale, offset }, { epsilon }) => {
      const none = tf.tensor1d([], "float32");
      return backend.executeMultipleOutputs("FusedBatchNormV3", attributes(epsilon), [
        x,
        scale,
        offset,
        none,
        none,
      ], 6);
    },
  ),
  kernel<Saved, { epsilon: number }>(
    "BatchNormTrainingGrad",
    (backend, { dy, x, scale, reserve1, reserve2, reserve3 }, { epsilon }) =>
      backend.executeMultipleOutputs(
        "FusedBatchNormGradV3",
        attributes(epsilon),
        [dy, x, scale, reserve1, reserve2, reserve3],
        5,
      ).slice(0, 3),
  ),
];
