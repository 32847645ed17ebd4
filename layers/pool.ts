import { whole } from "../src/base/range.ts";
import { maxPool as largest } from "../src/ops/convolution.ts";
import { adaptiveMeanPool as meansOf, meanPool as meanOf } from "../src/ops/mean_pool.ts";
import { tf } from "../src/tensor.ts";
import type { Layer, Node, Scope } from "../src/dsl/node.ts";
import { features, imageShape, sameShape, showShape } from "../src/dsl/shape.ts";
import { checkNumbers } from "./rate.ts";
import { pooled } from "./window.ts";

/** The largest value of each window. `[batch, height, width, channels] -> [batch, height', width', channels]`. */
export const maxPool = (
  size: number,
  { stride = size, padding = 0 }: { readonly stride?: number; readonly padding?: number } = {},
): Layer =>
(x, at) => {
  const shape = pooled(x, at, size, { stride, padding });
  return at.node([x], [], shape, ([x]) => largest(x, size, { stride, padding }));
};

/** The mean over height and width. `[batch, height, width, channels] -> [batch, channels]`. */
export const meanPool = (): Layer => (x, at) => {
  const [batch, , , channels] = imageShape(x, at);
  return at.node([x], [], [batch, channels], ([x]) => meanOf(x));
};

/**
 * The means over a grid of fields, PyTorch's `AdaptiveAvgPool2d((rows, columns))`.
 * `[batch, height, width, channels] -> [batch, rows, columns, channels]`.
 */
export const adaptiveMeanPool = (rows: number, columns: number): Layer => (x, at) => {
  checkNumbers(at, { rows, columns }, { rows: whole(1), columns: whole(1) });
  const [batch, , , channels] = imageShape(x, at);
  return at.node([x], [], [batch, rows, columns, channels], ([x]) => meansOf(x, rows, columns));
};

/** The mean of the tokens whose mask is 1. `[batch, tokens, features] -> [batch, features]`. */
export const meanTokens =
  (): Layer<{ readonly tokens: Node; readonly mask: Node }> => ({ tokens, mask }, at: Scope) => {
    if (tokens.shape.length !== 3 || !sameShape(mask.shape, tokens.shape.slice(0, 2))) {
      at.fail(
        `expected tokens of shape [batch, tokens, features] and a mask of shape [batch, tokens], found ${
          showShape(tokens.shape)
        } and ${showShape(mask.shape)}`,
      );
    }
    return at.node([tokens, mask], [], [tokens.shape[0], features(tokens, at)], ([tokens, mask]) => {
      const seen = tf.expandDims(tf.cast(mask, "float32"), -1);
      return tf.div(tf.sum(tf.mul(tokens, seen), 1), tf.sum(seen, 1));
    });
  };
