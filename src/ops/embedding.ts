import { type Tensor, tf, withGradient } from "../tensor.ts";

/**
 * Looks rows of a table up.
 *
 * @param ids int32 `[...]`
 * @param table `[rows, features]`
 * @param paddingIndex a row that never gets a gradient
 * @returns `[..., features]`
 */
export const embedding = (ids: Tensor, table: Tensor, paddingIndex?: number): Tensor =>
  withGradient([table], (table) => ({
    value: tf.gather(table, ids as never),
    saved: [ids],
    gradient: (dy, [ids]) => {
      const [rows, features] = table.shape;
      const flat = tf.reshape(ids, [-1]);
      const each = tf.reshape(dy, [-1, features]);
      const counted = paddingIndex === undefined
        ? each
        : tf.mul(each, tf.expandDims(tf.cast(tf.notEqual(flat, paddingIndex), "float32"), 1));
      return [tf.unsortedSegmentSum(counted, flat as never, rows)];
    },
  }));
