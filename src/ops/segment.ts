import { runKernel, type Tensor, tf, withGradient } from "../tensor.ts";

const rowsAt = (x: Tensor, rows: Tensor): Tensor => tf.gather(x, rows as never);

const sumOf = (x: Tensor, segments: Tensor, count: number): Tensor =>
  tf.unsortedSegmentSum(x, segments as never, count);

/**
 * The sum of each segment's rows; 0 where a segment has none.
 *
 * @param x `[rows, features]`
 * @param segments int32 `[rows]`, each in [0, count)
 * @returns `[count, features]`
 */
export const segmentSum = (x: Tensor, segments: Tensor, count: number): Tensor =>
  withGradient([x], (x) => ({
    value: sumOf(x, segments, count),
    saved: [segments],
    gradient: (dy, [segments]) => [rowsAt(dy, segments)],
  }));

/**
 * Softmax over the rows of each segment, column by column.
 *
 * @param x `[rows, features]`
 * @param segments int32 `[rows]`, each in [0, count)
 * @returns `[rows, features]`
 */
export const segmentSoftmax = (x: Tensor, segments: Tensor, count: number): Tensor =>
  withGradient([x], (x) => {
    const [largest] = runKernel("UnsortedSegmentMax", { x, segmentIds: segments }, { numSegments: count });
    const raised = tf.exp(tf.sub(x, rowsAt(largest, segments)));
    const value = tf.div(raised, rowsAt(sumOf(raised, segments, count), segments));
    return {
      value,
      saved: [value, segments],
      gradient: (dy, [value, segments]) => {
        const d = tf.mul(dy, value);
        return [tf.sub(d, tf.mul(value, rowsAt(sumOf(d, segments, count), segments)))];
      },
    };
  });
