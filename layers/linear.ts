import { linear as linearOf } from "../src/ops/linear.ts";
import type { Init, Layer } from "../src/dsl/node.ts";
import { features } from "../src/dsl/shape.ts";
import { kaimingUniform } from "./init.ts";

/** Settings of {@link linear}. */
export interface LinearOptions {
  readonly bias?: boolean;
  /** First values; PyTorch's defaults unless given. */
  readonly init?: { readonly weight: Init; readonly bias: Init };
}

/**
 * y = x Wᵀ + b over the last axis. `[..., in] -> [..., out]`.
 *
 * Parameters: `weight` `[out, in]`, `bias` `[out]`.
 */
export const linear = (out: number, { bias = true, init }: LinearOptions = {}): Layer => (x, at) => {
  const size = features(x, at);
  const first = kaimingUniform(size);
  const params = [at.weight("weight", [out, size], init?.weight ?? first)];
  if (bias) params.push(at.weight("bias", [out], init?.bias ?? first));
  return at.node(
    [x],
    params,
    [...x.shape.slice(0, -1), out],
    ([x], [weight, bias]) => linearOf(x, weight, bias),
  );
};
