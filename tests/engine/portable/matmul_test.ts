import { assertThrows } from "@std/assert";
import { sizeOf } from "../../../src/base/value.ts";
import { portable } from "../../../src/engine/portable.ts";
import { tf } from "../../../src/engine/tfjs.ts";
import { assertClose, numbers, numbersOf } from "./support.ts";

await portable();

/** Product of `count` matrices; a and b are read through the position of (i, row, column). */
function product(
  count: number,
  [m, k, n]: readonly number[],
  a: (i: number, row: number, column: number) => number,
  b: (i: number, row: number, column: number) => number,
): Float64Array {
  const out = new Float64Array(count * m * n);
  for (let i = 0; i < count; i++) {
    for (let row = 0; row < m; row++) {
      for (let column = 0; column < n; column++) {
        for (let j = 0; j < k; j++) out[(i * m + row) * n + column] += a(i, row, j) * b(i, j, column);
      }
    }
  }
  return out;
}

const [m, k, n] = [5, 9, 7];

for (const [transposeA, transposeB] of [[false, false], [true, false], [false, true], [true, true]]) {
  for (const batch of [[], [1], [6], [2, 3]]) {
    Deno.test(`matmul of batch [${batch}] equals the sum of products, transposed ${transposeA}, ${transposeB}`, () => {
      const aShape = [...batch, ...(transposeA ? [k, m] : [m, k])];
      const bShape = [...batch, ...(transposeB ? [n, k] : [k, n])];
      const [a, b] = [numbers("a", aShape), numbers("b", bShape)];
      const expected = product(
        sizeOf(batch),
        [m, k, n],
        (i, row, column) => a[i * m * k + (transposeA ? column * m + row : row * k + column)],
        (i, row, column) => b[i * k * n + (transposeB ? column * k + row : row * n + column)],
      );
      const [actual] = numbersOf(() => [
        tf.matMul(tf.tensor(a, aShape), tf.tensor(b, bShape), transposeA, transposeB),
      ]);
      assertClose(actual, expected);
    });
  }
}

Deno.test("matmul repeats a matrix over the batch of the other side", () => {
  const many = numbers("many", [6, m, k]);
  const one = numbers("one", [k, n]);
  const expected = product(
    6,
    [m, k, n],
    (i, row, column) => many[(i * m + row) * k + column],
    (_, row, column) => one[row * n + column],
  );
  const [right, left] = numbersOf(() => [
    tf.matMul(tf.tensor(many, [6, m, k]), tf.tensor(one, [1, k, n])),
    // (many one)^T = one^T many^T
    tf.transpose(tf.matMul(tf.tensor(one, [k, n]), tf.tensor(many, [6, m, k]), true, true), [0, 2, 1]),
  ]);
  assertClose(right, expected);
  assertClose(left, expected);
});

Deno.test("matmul's gradients equal the products of the transposed sides", () => {
  const [a, b, dy] = [numbers("a", [2, m, k]), numbers("b", [2, k, n]), numbers("dy", [2, m, n])];
  const [da, db] = numbersOf(() => {
    const gradients = tf.grads((a, b) => tf.sum(tf.mul(tf.matMul(a, b), tf.tensor(dy, [2, m, n]))));
    return gradients([tf.tensor(a, [2, m, k]), tf.tensor(b, [2, k, n])]);
  });
  const dyAt = (i: number, row: number, column: number) => dy[(i * m + row) * n + column];
  const aAt = (i: number, row: number, column: number) => a[(i * m + row) * k + column];
  const bAt = (i: number, row: number, column: number) => b[(i * k + row) * n + column];
  assertClose(da, product(2, [m, n, k], dyAt, (i, row, column) => bAt(i, column, row)));
  assertClose(db, product(2, [k, m, n], (i, row, column) => aAt(i, column, row), dyAt));
});

Deno.test("matmul refuses integers instead of reading them as floats", () => {
  const ones = tf.ones([2, 2], "int32");
  assertThrows(() => tf.matMul(ones, ones), TypeError, "expected float32, found int32");
  ones.dispose();
});

Deno.test("matmul refuses sides that do not fit instead of reading what lies behind one", () => {
  const [a, b] = [tf.ones([4, 2]), tf.ones([3, 3])];
  assertThrows(() => tf.matMul(a, b), RangeError, "found [4,2] and [3,3]");
  for (const side of [a, b]) side.dispose();
});
