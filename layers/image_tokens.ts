import { tf } from "../src/tensor.ts";
import type { Layer } from "../src/dsl/node.ts";
import { imageShape } from "../src/dsl/shape.ts";
import { adaptiveMeanPool } from "./pool.ts";

/** Rows and columns that a number of tokens is laid out in, as in MMBT's code. */
const grids: Readonly<Record<number, readonly [rows: number, columns: number]>> = {
  1: [1, 1],
  2: [2, 1],
  3: [3, 1],
  4: [2, 2],
  5: [5, 1],
  6: [3, 2],
  7: [7, 1],
  8: [4, 2],
  9: [3, 3],
};

/**
 * A feature map as a few tokens: the means of `count` windows, which are bands of the height up to 3 and for 5 and 7
 * (Kiela et al. 2019, https://arxiv.org/abs/1909.02950; PyTorch's `AdaptiveAvgPool2d`).
 * `[batch, height, width, channels] -> [batch, count, channels]`; no parameters.
 */
export const imageTokens = (count: number): Layer => (map, at) => {
  const [batch, , , channels] = imageShape(map, at);
  const grid = grids[count];
  if (grid === undefined) at.fail(`expected 1 to 9 image tokens, found ${count}`);
  const pooled = adaptiveMeanPool(...grid)(map, at("pool"));
  return at.node([pooled], [], [batch, count, channels], ([x]) => tf.reshape(x, [-1, count, channels]));
};
