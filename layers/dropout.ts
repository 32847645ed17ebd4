import { dropout as drop, dropSamples } from "../src/ops/dropout.ts";
import type { Layer } from "../src/dsl/node.ts";
import { checkedRate } from "./rate.ts";

/**
 * In training, sets each element to zero with probability `rate` and divides the others by 1 - rate
 * (Srivastava et al. 2014). Any shape; no parameters.
 */
export const dropout = (rate: number): Layer => (x, at) => {
  checkedRate(rate, at);
  return at.node([x], [], x.shape, ([x], _, run) => {
    const seed = rate > 0 ? run.seed(at.path) : undefined;
    return seed === undefined ? x : drop(x, rate, seed);
  });
};

/**
 * In training, sets whole samples to zero with probability `rate` and divides the others by 1 - rate: stochastic depth
 * where a residual connection goes around it (Huang et al. 2016). `[batch, ...]`; no parameters.
 */
export const stochasticDepth = (rate: number): Layer => (x, at) => {
  checkedRate(rate, at);
  return at.node([x], [], x.shape, ([x], _, run) => {
    const seed = rate > 0 ? run.seed(at.path) : undefined;
    return seed === undefined ? x : dropSamples(x, rate, seed);
  });
};
