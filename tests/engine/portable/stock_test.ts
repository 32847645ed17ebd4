/** Operations that the engine takes from tfjs as they are: their gradients on this backend, against float64. */
import type { Tensor } from "@tensorflow/tfjs";
import { portable } from "../../../src/engine/portable.ts";
import { tf } from "../../../src/engine/tfjs.ts";
import { assertClose, numbers, numbersOf, numericGradient } from "./support.ts";

await portable();

const shape = [4, 6];
type Row = Float64Array;

/** erf by its series; exact to float64 for |x| < 4. */
function erf(x: number): number {
  let [term, sum] = [x, x];
  for (let k = 1; k < 100; k++) {
    term *= -x * x / k;
    sum += term / (2 * k + 1);
  }
  return 2 / Math.sqrt(Math.PI) * sum;
}

const mean = (row: Row) => row.reduce((a, b) => a + b, 0) / row.length;
const exponentials = (row: Row) => row.map((x) => Math.exp(x - Math.max(...row)));
const normalized = (row: Row) => {
  const centred = row.map((x) => x - mean(row));
  return centred.map((x) => x / Math.sqrt(mean(centred.map((x) => x * x)) + 1e-5));
};

/** On the engine, and the same on one row in float64. */
const operations: Readonly<Record<string, [(x: Tensor) => Tensor, (row: Row) => Row]>> = {
  erf: [tf.erf, (row) => row.map(erf)],
  gelu: [
    (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)),
    (row) => row.map((x) => x / 2 * (1 + erf(x * Math.SQRT1_2))),
  ],
  sigmoid: [tf.sigmoid, (row) => row.map((x) => 1 / (1 + Math.exp(-x)))],
  softplus: [tf.softplus, (row) => row.map((x) => Math.log1p(Math.exp(x)))],
  tanh: [tf.tanh, (row) => row.map(Math.tanh)],
  relu: [tf.relu, (row) => row.map((x) => Math.max(0, x))],
  softmax: [tf.softmax, (row) => exponentials(row).map((e) => e / exponentials(row).reduce((a, b) => a + b))],
  "layer norm": [
    (x) => {
      const centred = tf.sub(x, tf.mean(x, -1, true));
      return tf.mul(centred, tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), 1e-5)));
    },
    normalized,
  ],
};

for (const [name, [onEngine, onRow]] of Object.entries(operations)) {
  Deno.test(`${name}: output and gradient equal float64's`, () => {
    const x = numbers(name, shape, -3, 3);
    const dy = numbers("dy", shape);
    const onRows = (x: Float64Array) =>
      Float64Array.from({ length: shape[0] }, (_, i) => i).reduce<number[]>(
        (all, i) => [...all, ...onRow(x.slice(i * shape[1], (i + 1) * shape[1]))],
        [],
      );
    const [y, dx] = numbersOf(() => {
      const input = tf.tensor(x, shape);
      return [onEngine(input), tf.grad((x) => tf.sum(tf.mul(onEngine(x), tf.tensor(dy, shape))))(input)];
    });
    assertClose(y, onRows(Float64Array.from(x)));
    assertClose(dx, numericGradient((x) => onRows(x).reduce((sum, y, i) => sum + y * dy[i], 0), x), 1e-5);
  });
}
