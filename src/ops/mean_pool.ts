import { type Tensor, tf, withGradient } from "../tensor.ts";

/**
 * The mean over height and width.
 *
 * @param x `[batch, height, width, channels]`
 * @returns `[batch, channels]`
 */
export function meanPool(x: Tensor): Tensor {
  const [batch, height, width, channels] = x.shape;
  return withGradient([x], (x) => ({
    value: tf.mean(x, [1, 2]),
    saved: [],
    gradient: (dy) => {
      const share = tf.reshape(tf.mul(dy, 1 / (height * width)), [batch, 1, 1, channels]);
      return [tf.tile(share, [1, height, width, 1])];
    },
  }));
}

/** Which share each of `size` rows has in each of `bins`: row major `[bins, size]`. */
function shares(size: number, bins: number): number[][] {
  return Array.from({ length: bins }, (_, bin) => {
    const begin = Math.floor(bin * size / bins), end = Math.ceil((bin + 1) * size / bins);
    return Array.from({ length: size }, (_, i) => i >= begin && i < end ? 1 / (end - begin) : 0);
  });
}

/**
 * The means over a grid of fields, PyTorch's `AdaptiveAvgPool2d`: field i of n covers the rows from floor(i height / n)
 * to ceil((i + 1) height / n), so fields may overlap.
 *
 * @param x `[batch, height, width, channels]`
 * @returns `[batch, rows, columns, channels]`
 */
export function adaptiveMeanPool(x: Tensor, rows: number, columns: number): Tensor {
  const [batch, height, width, channels] = x.shape;
  if (height === rows && width === columns) return x;
  const across = shares(width, columns);
  const fields = shares(height, rows).flatMap((down) =>
    across.map((along) => down.flatMap((share) => along.map((other) => share * other)))
  );
  const each = tf.tile(tf.tensor3d([fields]), [batch, 1, 1]);
  const means = tf.matMul(each, tf.reshape(x, [batch, height * width, channels]) as never);
  return tf.reshape(means, [batch, rows, columns, channels]);
}
