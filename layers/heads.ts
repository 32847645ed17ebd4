import type { Layer } from "../src/dsl/node.ts";
import { dropout } from "./dropout.ts";
import { linear } from "./linear.ts";
import { layerNorm } from "./norm.ts";
import { sequential } from "./sequential.ts";

/**
 * Logits of independent labels: LayerNorm, a feed-forward layer of your choice, dropout, linear.
 * `[batch, features] -> [batch, labels]`.
 */
export const classifierHead = (
  labels: number,
  { ffn, dropout: rate }: { readonly ffn: Layer; readonly dropout: number },
): Layer => sequential([layerNorm(), ffn, dropout(rate), linear(labels)]);
