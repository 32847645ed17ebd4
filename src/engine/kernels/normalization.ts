/** Batch normalization with the batch's own statistics, and its gradient. */
import type { KernelConfig, Tensor, TensorInfo } from "@tensorflow/tfjs";
import { type Attribute, attribute } from "../attributes.ts";
import { DT } from "../dtype.ts";
import { tf } from "../tfjs.ts";
import { kernel } from "./kernel.ts";

const attributes = (epsilon: number, training: boolean): Attribute[] => [
  attribute.type("T", DT.FLOAT),
  attribute.type("U", DT.FLOAT),
  attribute.float("epsilon", epsilon),
  attribute.bool("is_training", training),
  attribute.string("data_format", "NHWC"),
];

interface Given {
  readonly x: TensorInfo;
  readonly scale: TensorInfo;
  readonly offset: TensorInfo;
  readonly mean: TensorInfo;
  readonly variance: TensorInfo;
}

interface Saved {
  readonly dy: TensorInfo;
  readonly x: TensorInfo;
  readonly scale: TensorInfo;
  readonly reserve1: TensorInfo;
  readonly reserve2: TensorInfo;
  readonly reserve3: TensorInfo;
}

/** `BatchNormTraining`, its gradient and `BatchNormInference`: see `ops/batch_norm.ts` for their meaning. */
export const normalizationKernels: readonly KernelConfig[] = [
  // FusedBatchNormV3's second output is the unbiased variance, which is what the running statistics take.
  kernel<{ x: TensorInfo; scale: TensorInfo; offset: TensorInfo }, { epsilon: number }>(
    "BatchNormTraining",
    (backend, { x, scale, offset }, { epsilon }) => {
      const none = tf.tensor1d([], "float32");
      return backend.executeMultipleOutputs("FusedBatchNormV3", attributes(epsilon, true), [
        x,
        scale,
        offset,
        none,
        none,
      ], 6);
    },
  ),
  kernel<Given, { epsilon: number }>(
    "BatchNormInference",
    (backend, { x, scale, offset, mean, variance }, { epsilon }) => {
      // Of rank 4, so that grappler can fuse it into a convolution before it.
      const image = tf.reshape(x as Tensor, [-1, 1, 1, x.shape[x.shape.length - 1]]);
      const [y] = backend.executeMultipleOutputs(
        "FusedBatchNormV3",
        attributes(epsilon, false),
        [x.shape.length === 4 ? x : image, scale, offset, mean, variance],
        6,
      );
      return x.shape.length === 4 ? y : tf.reshape(y, x.shape);
    },
  ),
  kernel<Saved, { epsilon: number }>(
    "BatchNormTrainingGrad",
    (backend, { dy, x, scale, reserve1, reserve2, reserve3 }, { epsilon }) =>
      backend.executeMultipleOutputs(
        "FusedBatchNormGradV3",
        attributes(epsilon, true),
        [dy, x, scale, reserve1, reserve2, reserve3],
        5,
      ).slice(0, 3),
  ),
];
