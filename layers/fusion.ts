import type { Layer, Node, Scope } from "../src/dsl/node.ts";
import { selfAttention, type SelfAttentionOptions } from "./attention.ts";
import { add, concat, firstToken, unsqueeze } from "./functions.ts";
import { layerNorm } from "./norm.ts";

/** Where the parameters of {@link attentionFusion} lie. */
export interface FusionScopes {
  /** Of the {@link selfAttention}. */
  readonly attention: Scope;
  /** Of the {@link layerNorm} behind it. */
  readonly norm: Scope;
}

/**
 * Joins the features of several modalities and lets them attend to themselves as one token, with a residual
 * connection: LayerNorm(attention(x) + x), x = concat(features). `[batch, a], [batch, b], … -> [batch, a + b + …]`.
 *
 * Over a single token attention is a linear map; its queries and keys get gradients of exactly zero.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { attentionFusion, build } from "../mod.ts";
 *
 * const model = build(
 *   ({ poster, plot }, at) =>
 *     attentionFusion({ heads: 8 })([poster, plot], { attention: at("self_attention"), norm: at("norm") }),
 *   { poster: ["batch", 512], plot: ["batch", 512] },
 * );
 * assertEquals(model.output.shape, ["batch", 1024]);
 * assertEquals(model.params[0].name, "self_attention.in_proj_weight");
 * ```
 */
export const attentionFusion = (
  options: SelfAttentionOptions,
): (features: readonly Node[], at: FusionScopes) => Node =>
(features, at) => {
  const joined = concat(features);
  const attended = firstToken(selfAttention(options)(unsqueeze(joined), at.attention));
  return layerNorm()(add(attended, joined), at.norm);
};

/** {@link attentionFusion} under names of its own: `attention`, `norm`. */
export const fusion = (options: SelfAttentionOptions): Layer<readonly Node[]> => (features, at) =>
  attentionFusion(options)(features, { attention: at("attention"), norm: at("norm") });
