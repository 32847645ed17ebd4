import type { Layer } from "../src/dsl/node.ts";
import { features } from "../src/dsl/shape.ts";
import { multiply, silu } from "./functions.ts";
import { linear } from "./linear.ts";

/**
 * W2(silu(W1 x) * W3 x), biases on (Shazeer 2020, https://arxiv.org/abs/2002.05202). `[..., in] -> [..., out]`.
 * The hidden width is floor(in * expansion).
 *
 * Parameters: `w1_gate`, `w3_value`, `w2_output`, each a linear layer.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { build, swiglu } from "../mod.ts";
 *
 * const model = build(({ x }, at) => swiglu(512)(x, at("projection")), { x: ["batch", 2048] });
 * assertEquals(model.output.shape, ["batch", 512]);
 * assertEquals([model.params[0].name, ...model.params[0].shape], ["projection.w1_gate.weight", 5461, 2048]);
 * ```
 */
export const swiglu =
  (out: number, { expansion = 8 / 3 }: { readonly expansion?: number } = {}): Layer => (x, at) => {
    const hidden = Math.floor(features(x, at) * expansion);
    const gate = linear(hidden)(x, at("w1_gate"));
    const value = linear(hidden)(x, at("w3_value"));
    return linear(out)(multiply(silu(gate), value), at("w2_output"));
  };
