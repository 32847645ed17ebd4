import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { float32, type Values } from "../../src/base/value.ts";
import { tf, valueAndGradients } from "../../src/tensor.ts";
import {
  asymmetric,
  balancedCrossEntropy,
  binaryCrossEntropy,
  focal,
  type Loss,
} from "../../src/train/loss.ts";
import { eachEngine } from "../engine/each.ts";

const logits = float32([2, 3], [0.3, -2, 4, -0.1, 1.5, -30]);
const targets = float32([2, 3], [0.9, 0.1, 0.9, 0.1, 1, 0]);

const crossEntropyOf = (z: number, y: number) => Math.max(z, 0) - z * y + Math.log1p(Math.exp(-Math.abs(z)));
/** The notebook's formula, element by element. */
function focalOf(z: number, y: number, alpha: number, gamma: number): number {
  const p = 1 / (1 + Math.exp(-z));
  const right = p * y + (1 - p) * (1 - y);
  return (alpha * y + (1 - alpha) * (1 - y)) * (1 - right) ** gamma * crossEntropyOf(z, y);
}
/** The paper's formula. */
function asymmetricOf(z: number, y: number, positive: number, negative: number, margin: number): number {
  const p = 1 / (1 + Math.exp(-z)), shifted = Math.max(p - margin, 0);
  return -y * (1 - p) ** positive * Math.log(Math.max(p, 1e-8)) -
    (1 - y) * shifted ** negative * Math.log(1 - shifted);
}
const meanOf = (f: (z: number, y: number) => number): number =>
  Array.from(logits.data, (z, i) => f(z, targets.data[i])).reduce((sum, x) => sum + x, 0) /
  logits.data.length;

/** Value and gradient by central differences, in float64. */
function expected(f: (z: number, y: number) => number) {
  const h = 1e-5, n = logits.data.length;
  const slope = (z: number, y: number) => (f(z + h, y) - f(z - h, y)) / (2 * h) / n;
  return { value: meanOf(f), gradient: Array.from(logits.data, (z, i) => slope(z, targets.data[i])) };
}

const cases: Readonly<Record<string, readonly [loss: Loss, f: (z: number, y: number) => number]>> = {
  "focal with the notebook's settings": [
    focal({ alpha: 0.25, gamma: 2 }).made,
    (z, y) => focalOf(z, y, 0.25, 2),
  ],
  "focal with gamma 1.5": [focal({ alpha: 0.6, gamma: 1.5 }).made, (z, y) => focalOf(z, y, 0.6, 1.5)],
  "focal with gamma 0": [focal({ alpha: 0.5, gamma: 0 }).made, (z, y) => crossEntropyOf(z, y) / 2],
  "binary cross-entropy": [binaryCrossEntropy().made, crossEntropyOf],
  "asymmetric with the paper's settings": [
    asymmetric().made,
    (z, y) => asymmetricOf(z, y, 0, 4, 0.05),
  ],
  "asymmetric with small powers": [
    asymmetric({ gammaPositive: 0.5, gammaNegative: 0.7, margin: 0.2 }).made,
    (z, y) => asymmetricOf(z, y, 0.5, 0.7, 0.2),
  ],
};

for (const [name, [loss, f]] of Object.entries(cases)) {
  eachEngine(`${name}: value and gradient`, async (engine) => {
    using memory = engine.memory();
    await memory.put("logits", logits);
    const program = memory.compile(({ logits }, { targets }) => {
      const { value, gradients } = valueAndGradients(
        () => ({ value: loss(logits, targets), aux: {} }),
        { logits },
      );
      return { outputs: { value, gradient: gradients.logits } };
    });
    const { value, gradient }: Values = await program.run({ targets });
    const wanted = expected(f);
    assertEquals([value.shape, gradient.shape], [[], [2, 3]]);
    assertAlmostEquals(value.data[0], wanted.value, 1e-6);
    wanted.gradient.forEach((x, i) => assertAlmostEquals(gradient.data[i], x, 1e-6, `gradient ${i}`));
  });
}

eachEngine(
  "losses stay finite, and so do their gradients, for sure and wrong predictions",
  async (engine) => {
    using memory = engine.memory();
    const extreme = float32([1, 4], [200, -200, 200, -200]);
    await memory.put("logits", extreme);
    for (
      const loss of [
        focal({ alpha: 0.25, gamma: 2 }),
        focal({ alpha: 0.5, gamma: 0 }),
        focal({ alpha: 0.5, gamma: 0.5 }),
        binaryCrossEntropy(),
        binaryCrossEntropy({ positiveWeight: [1, 2, 3, 0.5] }),
        asymmetric(),
        asymmetric({ gammaPositive: 0.5, gammaNegative: 0.5 }),
      ]
    ) {
      const program = memory.compile(({ logits }, { targets }) => {
        const { value, gradients } = valueAndGradients(
          () => ({ value: loss.made(logits, targets), aux: {} }),
          { logits },
        );
        return { outputs: { value, gradient: gradients.logits, mean: tf.mean(logits) } };
      });
      const { value, gradient } = await program.run({ targets: float32([1, 4], [1, 0, 0, 1]) });
      assert([...value.data, ...gradient.data].every(Number.isFinite), `${loss.name}: ${gradient.data}`);
    }
  },
);

Deno.test("losses print and can be changed by name", () => {
  assertEquals(focal({ alpha: 0.25, gamma: 2 }).with({ gamma: 0 }).options, { alpha: 0.25, gamma: 0 });
  assertEquals([binaryCrossEntropy().name, binaryCrossEntropy().options], ["binaryCrossEntropy", {}]);
  assertEquals(asymmetric().with({ margin: 0 }).options, { gammaPositive: 0, gammaNegative: 4, margin: 0 });
});

Deno.test("settings of losses that make no sense are refused", () => {
  const refused: readonly [() => unknown, string][] = [
    [() => balancedCrossEntropy({ cap: 0 }), "balancedCrossEntropy: expected cap above 0, found 0"],
    [() => asymmetric({ margin: 1 }), "asymmetric: expected margin in [0, 1), found 1"],
    [() => asymmetric({ gammaNegative: -1 }), "asymmetric: expected gammaNegative of at least 0, found -1"],
    [
      () => binaryCrossEntropy({ positiveWeight: [1, 0] }),
      "binaryCrossEntropy: expected positiveWeight[1] above 0, found 0",
    ],
  ];
  for (const [make, sentence] of refused) {
    const { message, exitCode } = assertThrows(make, OnesheetError) as OnesheetError;
    assertEquals([message, exitCode], [`Cannot use the loss ${sentence}`, 2]);
  }
});

eachEngine("positive weights for fewer or more labels than there are are refused", (engine) => {
  engine.holdings();
  tf.tidy(() => {
    const [logits, targets] = [tf.zeros([2, 3]), tf.zeros([2, 3])];
    for (const positiveWeight of [[2], [2, 3], [1, 2, 3, 4]]) {
      const { message, exitCode } = assertThrows(
        () => binaryCrossEntropy({ positiveWeight }).made(logits, targets),
        OnesheetError,
      ) as OnesheetError;
      const found = positiveWeight.length;
      assertEquals(message, `Cannot weigh the labels: expected 3 numbers in positiveWeight, found ${found}`);
      assertEquals(exitCode, 2);
    }
    binaryCrossEntropy({ positiveWeight: [1, 2, 3] }).made(logits, targets);
  });
});
