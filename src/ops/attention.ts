import { fused, type Tensor, tf, withGradient } from "../tensor.ts";
import { dropped, keep } from "./dropout.ts";

/** What attention is told beside its queries, keys and values. */
export interface AttentionOptions {
  /** 1 where a key may be seen, 0 where not: `[batch, keys]`. */
  readonly mask?: Tensor;
  /** Dropout on the attention probabilities: its rate and an int32 `[2]` seed; without a seed none. */
  readonly dropout?: { readonly rate: number; readonly seed: Tensor | undefined };
}

/** The lowest float32: added to any score it is all that is left, so that a query that sees no key sees all alike. */
const LOWEST = -(2 ** 128 - 2 ** 104);

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
  { mask, dropout }: AttentionOptions = {},
): Tensor {
  const [batch, queries, features] = query.shape;
  const keys = key.shape[1]!;
  const rate = dropout?.seed === undefined ? 0 : dropout.rate;
  const kept = rate === 0 ? [] : [keep([batch, heads, queries, keys], rate, dropout!.seed!)];
  const hidden = mask === undefined
    ? []
    : [tf.reshape(tf.mul(tf.sub(1, tf.cast(mask, "float32")), LOWEST), [batch, 1, 1, keys])];
  const scores = tf.matMul(split(query, heads), split(key, heads), false, true);
  const mixed = mix(scores, split(value, heads), hidden, kept, 1 / Math.sqrt(features / heads), rate);
  return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch, queries, features]);
}

/** dropout(softmax(scale scores + hidden)) value. Of what is as large as the scores, only the softmax is kept. */
const mix = (
  scores: Tensor,
  value: Tensor,
  hidden: readonly Tensor[],
  kept: readonly Tensor[],
  scale: number,
  rate: number,
): Tensor => {
  const settings = `${scale} ${rate} ${hidden.length}`;
  const drop = (x: Tensor, kept: readonly Tensor[]) => kept.map((kept) => dropped(x, kept, rate));
  return withGradient([scores, value], (scores, value) => {
    const [weights, seen = weights] = fused(
      `attention ${settings}`,
      [scores, ...kept, ...hidden],
      (scores, ...rest) => {
        const scaled = rest.slice(kept.length).reduce((sum, x) => tf.add(sum, x), tf.mul(scores, scale));
        const weights = tf.softmax(scaled);
        return [weights, ...drop(weights, rest.slice(0, kept.length))];
      },
    );
    return {
      value: tf.matMul(seen, value),
      saved: [weights, value, ...kept],
      gradient: (dy, [weights, value, ...kept]) => {
        const [ds, seen = weights] = fused(
          `attention gradient ${settings}`,
          [weights, tf.matMul(dy, value, false, true), ...kept],
          (weights, towards, ...kept) => {
            const [passed = towards] = drop(towards, kept);
            const d = tf.mul(weights, passed);
            const ds = tf.mul(tf.sub(d, tf.mul(weights, tf.sum(d, -1, true))), scale);
            return [ds, ...drop(weights, kept)];
          },
        );
        return [ds, tf.matMul(seen, dy, true, false)];
      },
    };
  });
};
