import { nonNegative, unit } from "../src/base/range.ts";
import { batchNorm as normalizeWith, batchNormTraining } from "../src/ops/batch_norm.ts";
import { layerNorm as normalize } from "../src/ops/layer_norm.ts";
import { type Tensor, tf } from "../src/tensor.ts";
import type { Layer } from "../src/dsl/node.ts";
import { features } from "../src/dsl/shape.ts";
import { ones, zeros } from "./init.ts";
import { checkNumbers } from "./rate.ts";

/** (1 - momentum) old + momentum now, as PyTorch counts momentum. */
const moved = (old: Tensor, now: Tensor, momentum: number) =>
  tf.add(tf.mul(old, 1 - momentum), tf.mul(now, momentum));

/**
 * Batch normalization over the last axis, the channels of an image or the features of a vector (Ioffe and Szegedy
 * 2015; PyTorch's `BatchNorm2d` and `BatchNorm1d`). In training, frozen or not, it uses the batch's statistics and
 * moves its running ones; in evaluation it uses the running ones. `[batch, ..., features]` stays as it is.
 *
 * Parameters: `weight`, `bias`. Buffers: `running_mean`, `running_var` (unbiased), `num_batches_tracked`.
 */
export const batchNorm = ({ epsilon = 1e-5, momentum = 0.1 } = {}): Layer => (x, at) => {
  checkNumbers(at, { epsilon, momentum }, { epsilon: nonNegative, momentum: unit });
  const channels = features(x, at);
  const weight = at.weight("weight", [channels], ones);
  const bias = at.weight("bias", [channels], zeros);
  const mean = at.buffer("running_mean", [channels], zeros);
  const variance = at.buffer("running_var", [channels], ones);
  const count = at.buffer("num_batches_tracked", [], zeros, "int32");
  return at.node(
    [x],
    [weight, bias, mean, variance, count],
    x.shape,
    ([x], [scale, offset, m, v, n], run) => {
      if (!run.training) return normalizeWith(x, scale, offset, m, v, epsilon);
      const batch = batchNormTraining(x, scale, offset, epsilon);
      run.update(mean, moved(m, batch.mean, momentum));
      run.update(variance, moved(v, batch.variance, momentum));
      run.update(count, tf.add(n, tf.scalar(1, "int32")));
      return batch.y;
    },
  );
};

/**
 * Layer normalization over the last axis (Ba et al. 2016). `[..., features]` stays as it is.
 *
 * Parameters: `weight` `[features]`, `bias` `[features]`.
 */
export const layerNorm = ({ epsilon = 1e-5 } = {}): Layer => (x, at) => {
  checkNumbers(at, { epsilon }, { epsilon: nonNegative });
  const size = features(x, at);
  const weight = at.weight("weight", [size], ones);
  const bias = at.weight("bias", [size], zeros);
  return at.node([x], [weight, bias], x.shape, ([x], [weight, bias]) => normalize(x, weight, bias, epsilon));
};
