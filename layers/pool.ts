import { maxPool as largest } from "../src/ops/convolution.ts";
import { meanPool as meanOf } from "../src/ops/mean_pool.ts";
import { tf } from "../src/tensor.ts";
import type { Layer, Node, Scope } from "../src/dsl/node.ts";
import { features, imageShape } from "../src/dsl/shape.ts";

/** The largest value of each window. `[batch, height, width, channels] -> [batch, height', width', channels]`. */
export const maxPool = (
  size: number,
  { stride = size, padding = 0 }: { readonly stride?: number; readonly padding?: number } = {},
): Layer =>
(x, at) => {
  const [batch, height, width, channels] = imageShape(x, at);
  const out = (n: number) => Math.floor((n + 2 * padding - size) / stride) + 1;
  return at.node(
    [x],
    [],
    [batch, out(height), out(width), channels],
    ([x]) => largest(x, size, { stride, padding }),
  );
};

/** The mean over height and width. `[batch, height, width, channels] -> [batch, channels]`. */
export const meanPool = (): Layer => (x, at) => {
  const [batch, , , channels] = imageShape(x, at);
  return at.node([x], [], [batch, channels], ([x]) => meanOf(x));
};

/** The mean of the tokens whose mask is 1. `[batch, tokens, features] -> [batch, features]`. */
export const meanTokens =
  (): Layer<{ readonly tokens: Node; readonly mask: Node }> => ({ tokens, mask }, at: Scope) =>
    at.node([tokens, mask], [], [tokens.shape[0], features(tokens, at)], ([tokens, mask]) => {
      const seen = tf.expandDims(tf.cast(mask, "float32"), -1);
      return tf.div(tf.sum(tf.mul(tokens, seen), 1), tf.sum(seen, 1));
    });
