import { linear as linearOf } from "../src/ops/linear.ts";
import type { Init, Layer } from "../src/dsl/node.ts";
import { features } from "../src/dsl/shape.ts";
import { kaimingUniform } from "./init.ts";

/** Settings of {@link linear}. */
export interface LinearOptions {
  /** Whether b is added; it is unless told. */
  readonly bias?: boolean;
  /** First values; PyTorch's defaults unless given. */
  readonly init?: { readonly weight: Init; readonly bias: Init };
}

/**
 * y = x Wᵀ + b over the last axis. `[..., in] -> [..., out]`.
 *
 * Parameters: `weight` `[out, in]`, `bias` `[out]`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { build, linear } from "../mod.ts";
 *
 * const model = build(({ x }, at) => linear(2)(x, at("head")), { x: ["batch", 5, 3] });
 * assertEquals(model.output.shape, ["batch", 5, 2]);
 * assertEquals(model.params.map(({ name, shape }) => [name, ...shape]), [["head.weight", 2, 3], ["head.bias", 2]]);
 * ```
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
