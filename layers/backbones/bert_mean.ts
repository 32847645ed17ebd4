import type { Layer } from "../../src/dsl/node.ts";
import { meanTokens } from "../pool.ts";
import { bertEncoder, type BertOptions, type Text } from "./bert.ts";

/**
 * Any BERT's mean hidden state over the tokens whose mask is 1, as sentence-transformers pools (Reimers and Gurevych
 * 2019, https://arxiv.org/abs/1908.10084), not brought to length 1. `[batch, tokens] -> [batch, width]`.
 *
 * Names as {@link bertEncoder}'s.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { bertMean, build } from "../../mod.ts";
 *
 * const miniLm = bertMean({ width: 384, layers: 6 });
 * const inputs = { ids: ["batch", 64], mask: ["batch", 64] } as const;
 * const model = build(({ ids, mask }, at) => miniLm({ ids, mask }, at("text")), inputs);
 * assertEquals(model.output.shape, ["batch", 384]);
 * assertEquals(model.params.at(-1)!.name, "text.encoder.layer.5.output.LayerNorm.bias");
 * ```
 */
export const bertMean = (options: BertOptions = {}): Layer<Text> => (text, at) =>
  meanTokens()({ tokens: bertEncoder(options)(text, at), mask: text.mask }, at("mean"));
