import { assertThrows } from "@std/assert";
import { OnesheetError } from "../../../src/base/errors.ts";
import { tf } from "../../../src/engine/tfjs.ts";
import { nativeTest } from "../native.ts";
import { numbers } from "../portable/support.ts";
import { sameAsJavaScript } from "./reference.ts";

const tensor = (seed: string, shape: readonly number[]) => tf.tensor(numbers(seed, shape), [...shape]);

for (const transposeA of [false, true]) {
  for (const transposeB of [false, true]) {
    const swapped = (shape: number[], swap: boolean) =>
      swap ? [...shape.slice(0, -2), ...shape.slice(-2).reverse()] : shape;
    for (
      const [a, b] of [
        [[3, 4], [4, 5]],
        [[1, 4], [4, 1]],
        [[2, 3, 4], [2, 4, 5]],
        [[2, 2, 3, 4], [2, 2, 4, 5]],
      ]
    ) {
      const how = `${transposeA ? "transposed " : ""}[${a}] and ${transposeB ? "transposed " : ""}[${b}]`;
      nativeTest(`the product of ${how}, and its gradients, are tfjs's`, () =>
        sameAsJavaScript(() => {
          const inputs = [tensor("a", swapped(a, transposeA)), tensor("b", swapped(b, transposeB))];
          const product = (...[a, b]: typeof inputs) => tf.matMul(a, b, transposeA, transposeB);
          const y = product(...inputs);
          return [y, ...tf.grads(product)(inputs, tensor("dy", y.shape))];
        }));
    }
  }
}

nativeTest(
  "one matrix serves a whole batch",
  () => sameAsJavaScript(() => [tf.matMul(tensor("a", [2, 3, 4]), tensor("b", [4, 5]))]),
);

nativeTest("gathering along each axis, with repeats and batch axes, is tfjs's", () =>
  sameAsJavaScript(() => {
    const x = tensor("x", [3, 4, 2]);
    const indices = (shape: number[]) =>
      tf.tensor([2, 0, 2, 1, 0, 0].slice(0, shape[0] * (shape[1] ?? 1)), shape, "int32");
    return [
      tf.gather(x, indices([4]) as never),
      tf.gather(x, indices([2, 3]) as never, 1),
      tf.gather(x, tf.zeros([3], "int32") as never, 2),
      tf.gather(x, indices([3, 2]) as never, 1, 1),
      tf.gather(tf.cast(tf.mul(x, 10), "int32"), indices([2]) as never),
      tf.gather(tf.greater(x, 0), tf.scalar(1, "int32") as never),
    ];
  }));

nativeTest("an index outside the table is refused in a sentence", () => {
  assertThrows(
    () => tf.tidy(() => tf.gather(tensor("x", [3, 2]), tf.tensor1d([3], "int32"))),
    OnesheetError,
    "Cannot run GatherV2: indices[0] = 3 is not in [0, 3)",
  );
});

nativeTest("matrices that do not fit are refused in a sentence", () => {
  assertThrows(
    () => tf.tidy(() => tf.matMul(tensor("a", [2, 3]), tensor("b", [2, 3]))),
    OnesheetError,
    "Cannot run MatMul: Matrix size-incompatible: In[0]: [2,3], In[1]: [2,3]",
  );
});
