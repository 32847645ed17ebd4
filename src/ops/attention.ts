import { type Tensor, tf } from "../tensor.ts";
import { dropout } from "./dropout.ts";

/** What attention is told beside its queries, keys and values. */
export interface AttentionOptions {
  /** 1 where a key may be seen, 0 where not: `[batch, keys]`. */
  readonly mask?: Tensor;
  /** Dropout on the attention probabilities: its rate and an int32 `[2]` seed; without a seed none. */
  readonly dropout?: { readonly rate: number; readonly seed: Tensor | undefined };
}

/** `[batch, tokens, heads * size]` -> `[batch, heads, tokens, size]` */
const split = (x: Tensor, heads: number): Tensor => {
  const [batch, tokens, features] = x.shape;
  return tf.transpose(tf.reshape(x, [batch, tokens, heads, features / heads]), [0, 2, 1, 3]);
};

/**
 * Scaled dot-product attention with several heads (Vaswani et al. 2017, https://arxiv.org/abs/1706.03762):
 * softmax(Q Kᵀ / sqrt(size)) V in each head.
 *
 * @param query `[batch, queries, features]`
 * @param key `[batch, keys, features]`
 * @param value `[batch, keys, features]`
 * @param heads divides `features`
 * @returns `[batch, queries, features]`
 */
export function attention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  heads: number,
  { mask, dropout: drop }: AttentionOptions = {},
): Tensor {
  const [batch, queries, features] = query.shape;
  const scale = 1 / Math.sqrt(features / heads);
  let scores = tf.mul(tf.matMul(split(query, heads), split(key, heads), false, true), scale);
  if (mask !== undefined) {
    const hidden = tf.mul(tf.sub(1, tf.cast(mask, "float32")), -1e9);
    scores = tf.add(scores, tf.reshape(hidden, [batch, 1, 1, key.shape[1]!]));
  }
  const weights = tf.softmax(scores);
  const seen = drop?.seed === undefined || drop.rate === 0 ? weights : dropout(weights, drop.rate, drop.seed);
  const mixed = tf.matMul(seen, split(value, heads));
  return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch, queries, features]);
}
