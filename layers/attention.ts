import { whole } from "../src/base/range.ts";
import { attention } from "../src/ops/attention.ts";
import { linear } from "../src/ops/linear.ts";
import { tf } from "../src/tensor.ts";
import type { Layer } from "../src/dsl/node.ts";
import { features, showShape } from "../src/dsl/shape.ts";
import { kaimingUniform, xavierUniform, zeros } from "./init.ts";
import { checkedRate, checkNumbers } from "./rate.ts";

/** Settings of {@link selfAttention}. */
export interface SelfAttentionOptions {
  /** Divides the features. */
  readonly heads: number;
  /** Dropout rate of the attention probabilities; 0 unless given. */
  readonly dropout?: number;
}

/**
 * Multi-head self-attention with PyTorch's `nn.MultiheadAttention` parameters (Vaswani et al. 2017).
 * `[batch, tokens, features]` stays as it is.
 *
 * Parameters: `in_proj_weight` `[3 features, features]` (queries, keys, values), `in_proj_bias`, `out_proj.weight`,
 * `out_proj.bias`.
 */
export const selfAttention = ({ heads, dropout = 0 }: SelfAttentionOptions): Layer => (x, at) => {
  const size = features(x, at);
  if (x.shape.length !== 3) {
    at.fail(`expected an input of shape [batch, tokens, features], found ${showShape(x.shape)}`);
  }
  checkNumbers(at, { heads }, { heads: whole(1) });
  if (size % heads !== 0) at.fail(`expected features that divide into ${heads} heads, found ${size}`);
  const rate = checkedRate(dropout, at);
  const weight = at.weight("in_proj_weight", [3 * size, size], xavierUniform(size, 3 * size));
  const bias = at.weight("in_proj_bias", [3 * size], zeros);
  const out = at("out_proj");
  const outWeight = out.weight("weight", [size, size], kaimingUniform(size));
  const outBias = out.weight("bias", [size], zeros);
  return at.node([x], [weight, bias, outWeight, outBias], x.shape, ([x], [w, b, ow, ob], run) => {
    const [query, key, value] = tf.split(linear(x, w, b), 3, -1);
    const mixed = attention(query, key, value, heads, { dropout: { rate, seed: run.seed(at.path) } });
    return linear(mixed, ow, ob);
  });
};
