import { portable } from "../../../src/engine/portable.ts";
import { tf } from "../../../src/engine/tfjs.ts";
import { assertClose, numbers, numbersOf } from "./support.ts";

await portable();

Deno.test("the gradient of a look-up adds up the rows that were looked up twice and is 0 for the others", () => {
  const [rows, width] = [5, 3];
  const ids = [[4, 0, 4], [2, 4, 0]];
  const [table, dy] = [numbers("table", [rows, width]), numbers("dy", [2, 3, width])];
  const [found, gradient] = numbersOf(() => {
    const x = tf.tensor(table, [rows, width]);
    const look = (x: typeof table | ReturnType<typeof tf.tensor>) =>
      tf.gather(x, tf.tensor(ids, [2, 3], "int32"));
    return [look(x), tf.grad((x) => tf.sum(tf.mul(look(x), tf.tensor(dy, [2, 3, width]))))(x)];
  });
  const expected = { found: new Float64Array(2 * 3 * width), gradient: new Float64Array(rows * width) };
  ids.flat().forEach((id, at) => {
    for (let i = 0; i < width; i++) {
      expected.found[at * width + i] = table[id * width + i];
      expected.gradient[id * width + i] += dy[at * width + i];
    }
  });
  assertClose(found, expected.found);
  assertClose(gradient, expected.gradient);
});

Deno.test("a negative segment is left out of the sums", () => {
  const [sums] = numbersOf(() => [
    tf.unsortedSegmentSum(tf.tensor2d([[1, 2], [3, 4], [5, 6]]), tf.tensor1d([1, -1, 1], "int32"), 3),
  ]);
  assertClose(sums, [0, 0, 6, 8, 0, 0]);
});
