/** Numbers among the settings of training: every one has a range, and what is outside of it is refused in a sentence. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import {
  adam,
  adamw,
  asymmetric,
  balancedCrossEntropy,
  binaryCrossEntropy,
  constant,
  cosineDecay,
  dropout,
  earlyStopping,
  focal,
  linearDecay,
  type Recipe,
  recipe,
  stochasticDepth,
  warmupThenPlateau,
} from "../../mod.ts";
import { build } from "../../src/dsl/build.ts";
import type { Layer } from "../../src/dsl/node.ts";
import quickstart from "../../recipes/quickstart.ts";

/** What cannot be a setting at all. */
const never = [NaN, Infinity, -Infinity];
/** Counts, shares and sizes that are none. */
const broken = [-1, 0.5];

const plateau = { rate: 1e-3, from: 0.1, epochs: 3, factor: 0.5, patience: 2, threshold: 1e-4 };
const stop = { on: "macroF1", patience: 3, minDelta: 0 } as const;
const changed = (change: Partial<Recipe>) => recipe({ ...quickstart, ...change });
const layer = (make: Layer) => build(({ x }, at) => make(x, at("layer")), { x: ["batch", 4] });

/** A setting by the words of its sentence, what it makes, numbers that hold and numbers that do not. */
const settings: readonly (readonly [
  name: string,
  make: (value: number) => unknown,
  right: readonly number[],
  wrong: readonly number[],
])[] = [
  ["focal: expected alpha", (alpha) => focal({ alpha, gamma: 2 }), [0, 0.25, 1], [-1, 1.5]],
  ["focal: expected gamma", (gamma) => focal({ alpha: 0.25, gamma }), [0, 0.5, 5], [-1e-9]],
  [
    "binaryCrossEntropy: expected positiveWeight[1]",
    (weight) => binaryCrossEntropy({ positiveWeight: [1, weight] }),
    [1e-3, 20],
    [0, -1],
  ],
  ["balancedCrossEntropy: expected cap", (cap) => balancedCrossEntropy({ cap }), [0.5, 20], [0, -20]],
  ["asymmetric: expected gammaPositive", (gammaPositive) => asymmetric({ gammaPositive }), [0, 1], [-1]],
  ["asymmetric: expected gammaNegative", (gammaNegative) => asymmetric({ gammaNegative }), [0, 4], [-1]],
  ["asymmetric: expected margin", (margin) => asymmetric({ margin }), [0, 0.99], [-0.05, 1]],
  ...Object.entries({ adam, adamw }).flatMap(([name, optimizer]) =>
    [
      [`${name}: expected beta1`, (beta1: number) => optimizer({ beta1 }), [0, 0.9], [1, 1.5, -0.1]],
      [`${name}: expected beta2`, (beta2: number) => optimizer({ beta2 }), [0, 0.9999], [1, 1.5, -0.1]],
      [`${name}: expected epsilon`, (epsilon: number) => optimizer({ epsilon }), [0, 1e-8], [-1e-8]],
      [`${name}: expected weightDecay`, (weightDecay: number) => optimizer({ weightDecay }), [0, 1], [-1e-5]],
    ] as const
  ),
  ["schedule: expected rate", (rate) => constant({ rate }), [1e-9, 1], [0, -1]],
  ...Object.entries({ linearDecay, cosineDecay }).flatMap(([, decay]) =>
    [
      ["schedule: expected rate", (rate: number) => decay({ rate }), [1e-9, 1], [0, -1]],
      ["schedule: expected warmup", (warmup: number) => decay({ rate: 1, warmup }), [0, 0.9], [-0.1, 1]],
    ] as const
  ),
  ["schedule: expected rate", (rate) => warmupThenPlateau({ ...plateau, rate }), [1], [0, -1]],
  ["schedule: expected from", (from) => warmupThenPlateau({ ...plateau, from }), [0.01, 1], [0, -1, 1.1]],
  ["schedule: expected epochs", (epochs) => warmupThenPlateau({ ...plateau, epochs }), [0, 9], broken],
  ["schedule: expected factor", (factor) => warmupThenPlateau({ ...plateau, factor }), [0.2], [0, 1, -1]],
  ["schedule: expected patience", (patience) => warmupThenPlateau({ ...plateau, patience }), [0, 9], broken],
  ["schedule: expected threshold", (threshold) => warmupThenPlateau({ ...plateau, threshold }), [0], [-1]],
  ["earlyStopping: expected patience", (patience) => earlyStopping({ ...stop, patience }), [0, 9], broken],
  ["earlyStopping: expected minDelta", (minDelta) => earlyStopping({ ...stop, minDelta }), [0, 1], [-1e-3]],
  ["expected batchSize", (batchSize) => changed({ batchSize }), [1, 64], [0, ...broken]],
  ["expected epochs", (epochs) => changed({ epochs }), [1, 64], [0, ...broken]],
  ["expected seed", (seed) => changed({ seed }), [0, 42], broken],
  ["expected labelSmoothing", (labelSmoothing) => changed({ labelSmoothing }), [0, 0.9], [-0.1, 1]],
  ["expected accumulate", (accumulate) => changed({ accumulate }), [1, 8], [0, ...broken]],
  ["expected clipNorm", (clipNorm) => changed({ clipNorm }), [1e-3, 5], [0, -1]],
  ["expected decay of average", (decay) => changed({ average: { decay } }), [0.5, 0.999], [0, 1, -1, 1.5]],
  [
    'expected epochs of the stage "image"',
    (epochs) => changed({ stages: [{ freeze: "image", epochs }] }),
    [1, 3],
    [0, ...broken],
  ],
  ['expected rate of the group "**"', (rate) => changed({ groups: [{ of: "**", rate }] }), [0, 2], [-1]],
  [
    'expected weightDecay of the group "**"',
    (weightDecay) => changed({ groups: [{ of: "**", weightDecay }] }),
    [0, 0.3],
    [-1],
  ],
  ["expected a dropout rate", (rate) => layer(dropout(rate)), [0, 0.99], [-0.1, 1]],
  ["expected a dropout rate", (rate) => layer(stochasticDepth(rate)), [0, 0.99], [-0.1, 1]],
];

for (const [name, make, right, wrong] of settings) {
  Deno.test(`${name} of ${right.join(", ")} is taken; NaN, an infinite one and ${wrong.join(", ")} are refused`, () => {
    right.forEach(make);
    for (const value of [...wrong, ...never]) {
      const { message } = assertThrows(() => make(value), Error);
      assert(message.includes(name) && message.endsWith(`, found ${value}`), message);
    }
  });
}

Deno.test("a setting that is refused is wrong usage, also where a choice is changed by name", () => {
  for (
    const refused of [() => adamw({ beta1: 1 }), () => focal({ alpha: 0.5, gamma: 2 }).with({ alpha: -1 })]
  ) {
    assertEquals((assertThrows(refused, OnesheetError) as OnesheetError).exitCode, 2);
  }
});
