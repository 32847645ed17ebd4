import { largest } from "../src/ops/largest.ts";
import { tf } from "../src/tensor.ts";
import type { Layer } from "../src/dsl/node.ts";
import { linear } from "./linear.ts";

/**
 * Maxout (Goodfellow et al. 2013, https://arxiv.org/abs/1302.4389): the largest of `pieces` linear maps.
 * `[..., in] -> [..., out]`. Maps that tie share the gradient evenly, as in torch.amax.
 *
 * Parameters: `weight` `[out pieces, in]`, `bias` `[out pieces]`; the pieces of an output lie side by side.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { build, maxout } from "../mod.ts";
 *
 * const model = build(({ x }, at) => maxout(8)(x, at("hidden")), { x: ["batch", 5] });
 * assertEquals([model.output.shape, model.params[0].shape], [["batch", 8], [16, 5]]);
 * ```
 */
export const maxout = (out: number, { pieces = 2 }: { readonly pieces?: number } = {}): Layer => (x, at) => {
  const all = linear(out * pieces)(x, at);
  const shape = [...x.shape.slice(0, -1), out];
  return at.node(
    [all],
    [],
    shape,
    ([all]) => largest(tf.reshape(all, [...all.shape.slice(0, -1), out, pieces])),
  );
};
