import { portable } from "../../../src/engine/portable.ts";
import { tf } from "../../../src/engine/tfjs.ts";
import { assertClose, numbers, numbersOf, numericGradient, runKernel } from "./support.ts";

await portable();

const epsilon = 1e-3;

/** y, mean and biased variance in float64, row by row. */
function reference(x: ArrayLike<number>, scale: ArrayLike<number>, offset: ArrayLike<number>) {
  const channels = scale.length;
  const count = x.length / channels;
  const [mean, variance] = [new Float64Array(channels), new Float64Array(channels)];
  for (let i = 0; i < x.length; i++) mean[i % channels] += x[i] / count;
  for (let i = 0; i < x.length; i++) variance[i % channels] += (x[i] - mean[i % channels]) ** 2 / count;
  const y = Float64Array.from(x as ArrayLike<number>, (v, i) => {
    const c = i % channels;
    return (v - mean[c]) / Math.sqrt(variance[c] + epsilon) * scale[c] + offset[c];
  });
  return { y, mean, unbiased: variance.map((v) => v * count / (count - 1)) };
}

for (const shape of [[2, 4, 3, 5], [16, 5]]) {
  const channels = 5;
  const x = numbers("x", shape, 2, 5); // far from 0: the variance must not be a difference of large numbers
  const scale = numbers("scale", [channels], 0.5, 2);
  const offset = numbers("offset", [channels]);

  Deno.test(`batch norm of [${shape}] gives the normalized numbers, the mean and the unbiased variance`, () => {
    const expected = reference(x, scale, offset);
    const [y, mean, variance] = numbersOf(() =>
      runKernel("BatchNormTraining", {
        x: tf.tensor(x, [...shape]),
        scale: tf.tensor(scale),
        offset: tf.tensor(offset),
      }, { epsilon })
    );
    assertClose(y, expected.y);
    assertClose(mean, expected.mean);
    assertClose(variance, expected.unbiased);
  });

  Deno.test(`batch norm of [${shape}] has the gradients of the formula, also through mean and variance`, () => {
    const dy = numbers("dy", shape);
    const loss = (x: ArrayLike<number>, scale: ArrayLike<number>, offset: ArrayLike<number>) =>
      reference(x, scale, offset).y.reduce((sum, y, i) => sum + y * dy[i], 0);
    const [dx, dscale, doffset] = numbersOf(() => {
      const inputs = { x: tf.tensor(x, [...shape]), scale: tf.tensor(scale) };
      const forward = runKernel("BatchNormTraining", { ...inputs, offset: tf.tensor(offset) }, { epsilon });
      const [reserve1, reserve2, reserve3] = forward.slice(3);
      const saved = { dy: tf.tensor(dy, [...shape]), ...inputs, reserve1, reserve2, reserve3 };
      return runKernel("BatchNormTrainingGrad", saved, { epsilon });
    });
    assertClose(dx, numericGradient((x) => loss(x, scale, offset), x), 1e-5);
    assertClose(dscale, numericGradient((scale) => loss(x, scale, offset), scale), 1e-5);
    assertClose(doffset, numericGradient((offset) => loss(x, scale, offset), offset), 1e-5);
  });
}
