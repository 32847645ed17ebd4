import { batchNorm, batchNormTraining } from "../../src/ops/batch_norm.ts";
import { goldenTests } from "./goldens.ts";

// Numbers around 30 that differ by 2, and pairs whose gradients all but cancel.
goldenTests("batchNormTraining", ({ x, scale, offset }, { epsilon }) => ({
  ...batchNormTraining(x, scale, offset, epsilon),
}), 1e-5);

goldenTests("batchNorm", ({ x, scale, offset, mean, variance }, { epsilon }) => ({
  y: batchNorm(x, scale, offset, mean, variance, epsilon),
}));
