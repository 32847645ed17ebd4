import { portable } from "../../../src/engine/portable.ts";
import { tf } from "../../../src/engine/tfjs.ts";
import { assertClose, numbers, numbersOf, runKernel } from "./support.ts";

await portable();

Deno.test("ten steps of AdamW follow PyTorch's algorithm in float64", () => {
  const [beta1, beta2, epsilon, decay, rate] = [0.9, 0.999, 1e-8, 0.05, 0.01];
  const shape = [3, 4];
  const start = numbers("p", shape);
  let now = [start, new Float32Array(12), new Float32Array(12)];
  const expected = { p: Float64Array.from(start), m: new Float64Array(12), v: new Float64Array(12) };
  for (let t = 1; t <= 10; t++) {
    const gradient = numbers(`g${t}`, shape, -0.1, 0.1);
    gradient[0] = 0; // no gradient: only decay
    for (let i = 0; i < 12; i++) {
      // torch.optim.AdamW, single tensor, in its order
      expected.p[i] *= 1 - rate * decay;
      expected.m[i] += (gradient[i] - expected.m[i]) * (1 - beta1);
      expected.v[i] = expected.v[i] * beta2 + gradient[i] ** 2 * (1 - beta2);
      const denominator = Math.sqrt(expected.v[i]) / Math.sqrt(1 - beta2 ** t) + epsilon;
      expected.p[i] -= rate / (1 - beta1 ** t) * expected.m[i] / denominator;
    }
    now = numbersOf(() => {
      const [parameter, mean, square, slope] = [...now, gradient].map((data) => tf.tensor(data, shape));
      const scalars = { rate: tf.scalar(rate), step: tf.scalar(t) };
      const inputs = { parameter, mean, square, gradient: slope, ...scalars };
      return runKernel("AdamW", inputs, { beta1, beta2, epsilon, decay });
    });
  }
  assertClose(now[0], expected.p);
  assertClose(now[1], expected.m);
  assertClose(now[2], expected.v);
});
