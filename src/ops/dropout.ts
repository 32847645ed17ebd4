import { fused, runKernel, type Tensor, tf, withGradient } from "../tensor.ts";

/**
 * Which elements stay: bool of a shape, false with probability `rate`, to the nearest 2^-16.
 *
 * @param seed int32 `[2]`; the same seed drops the same elements
 */
export const keep = (shape: readonly number[], rate: number, seed: Tensor): Tensor =>
  runKernel("StatelessKeep", { seed }, { shape, rate })[0];

/** What stays, divided by 1 - rate; 0 elsewhere. `kept` may have axes of size 1. */
export const dropped = (x: Tensor, kept: Tensor, rate: number): Tensor =>
  tf.mul(x, tf.mul(tf.cast(kept, "float32"), 1 / (1 - rate)));

/**
 * Sets each element to zero with probability `rate` and divides the others by 1 - rate
 * (Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html).
 *
 * @param seed int32 `[2]`; the same seed drops the same elements
 */
export const dropout = (x: Tensor, rate: number, seed: Tensor): Tensor => {
  const drop = (x: Tensor, kept: Tensor) =>
    fused(`dropout ${rate}`, [x, kept], (x, kept) => [dropped(x, kept, rate)]);
  return withGradient([x], (x) => {
    const kept = keep(x.shape, rate, seed);
    return { value: drop(x, kept)[0], saved: [kept], gradient: (dy, [kept]) => drop(dy, kept) };
  });
};

/**
 * The same for whole samples: stochastic depth (Huang et al. 2016, https://arxiv.org/abs/1603.09382).
 *
 * @param x `[batch, ...]`
 * @param seed int32 `[2]`; the same seed drops the same samples
 */
export const dropSamples = (x: Tensor, rate: number, seed: Tensor): Tensor =>
  dropped(x, keep(x.shape.map((size, axis) => axis === 0 ? size : 1), rate, seed), rate);
