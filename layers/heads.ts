import { nonNegative } from "../src/base/range.ts";
import type { Outputs } from "../src/dsl/build.ts";
import type { Layer, Node } from "../src/dsl/node.ts";
import { dropout } from "./dropout.ts";
import { linear } from "./linear.ts";
import { layerNorm } from "./norm.ts";
import { checkNumbers } from "./rate.ts";
import { sequential } from "./sequential.ts";

/**
 * Logits of independent labels: LayerNorm, a feed-forward layer of your choice, dropout, linear.
 * `[batch, features] -> [batch, labels]`.
 */
export const classifierHead = (
  labels: number,
  { ffn, dropout: rate }: { readonly ffn: Layer; readonly dropout: number },
): Layer => sequential([layerNorm(), ffn, dropout(rate), linear(labels)]);

/**
 * A linear head for each modality, whose logits have the recipe's loss for their own, times `weight`.
 *
 * Names: each modality's, with `weight` and `bias`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { add, build, linear, modalityHeads } from "../mod.ts";
 *
 * const model = build(({ poster, plot }, at) => ({
 *   logits: linear(3)(add(poster, plot), at("head")),
 *   losses: modalityHeads(3)({ poster, plot }, at("heads")),
 * }), { poster: ["batch", 8], plot: ["batch", 8] });
 * assertEquals(Object.keys(model.losses), ["poster", "plot"]);
 * ```
 */
export const modalityHeads = (
  labels: number,
  { weight = 1 }: { readonly weight?: number } = {},
): Layer<Readonly<Record<string, Node>>, Outputs["losses"]> =>
(modalities, at) => {
  checkNumbers(at, { weight }, { weight: nonNegative });
  return Object.fromEntries(
    Object.entries(modalities).map(([name, x]) => [name, { logits: linear(labels)(x, at(name)), weight }]),
  );
};
