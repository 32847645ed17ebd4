import { assert } from "@std/assert";
import { batchNormTraining, batchNormTrainingGrad } from "../../../src/engine/portable/batch_norm.ts";
import { tf } from "../../../src/engine/tfjs.ts";
import { nativeTest } from "../native.ts";
import { assertClose, numbers, numbersOf, runKernel } from "../portable/support.ts";

const epsilon = 1e-3;

for (const shape of [[2, 4, 3, 5], [16, 1, 1, 5], [1, 2, 1, 5]]) {
  const inputs = () => ({
    x: tf.tensor(numbers("x", shape, -2, 3), shape),
    scale: tf.tensor(numbers("scale", [5], 0.5, 2)),
    offset: tf.tensor(numbers("offset", [5])),
  });

  nativeTest(`batch norm of [${shape}] and its gradients are those of the composed formula`, () => {
    const [fused, composed] = [
      numbersOf(() => {
        const { x, scale, offset } = inputs();
        const [y, mean, variance, ...reserves] = runKernel("BatchNormTraining", { x, scale, offset }, {
          epsilon,
        });
        const [reserve1, reserve2, reserve3] = reserves;
        const saved = { dy: tf.tensor(numbers("dy", shape), shape), x, scale, reserve1, reserve2, reserve3 };
        return [y, mean, variance, ...runKernel("BatchNormTrainingGrad", saved, { epsilon })];
      }),
      numbersOf(() => {
        const { x, scale, offset } = inputs();
        const [y, mean, variance, reserve1, reserve2] = batchNormTraining(x, scale, offset, epsilon);
        const saved = { dy: tf.tensor(numbers("dy", shape), shape), x, scale, reserve1, reserve2 };
        return [y, mean, variance, ...batchNormTrainingGrad(saved, epsilon)];
      }),
    ];
    fused.forEach((data, i) => assertClose(data, composed[i], 1e-5));
  });
}

nativeTest("batch norm of a single number a channel is finite: the offset, with no variance", () => {
  const [y, mean, variance] = numbersOf(() =>
    runKernel("BatchNormTraining", {
      x: tf.tensor([7, -3], [1, 1, 1, 2]),
      scale: tf.tensor([2, 2]),
      offset: tf.tensor([0.5, 0.25]),
    }, { epsilon }).slice(0, 3)
  );
  assertClose(y, [0.5, 0.25]);
  assertClose(mean, [7, -3]);
  assert(variance.every(Number.isFinite));
});
