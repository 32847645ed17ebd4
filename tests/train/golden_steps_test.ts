/** Steps under every setting of training, against PyTorch's (tests/golden/training/make.py). */
import { assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { fileURLToPath } from "node:url";
import { choice } from "../../src/base/choice.ts";
import { float32 } from "../../src/base/value.ts";
import type { Source } from "../../src/data/source.ts";
import { withFrequencies } from "../../src/train/loss.ts";
import type { Recipe } from "../../src/train/recipe.ts";
import { inGroups } from "../../src/train/sampler.ts";
import { randomize } from "../../src/train/start.ts";
import { prepareTraining, startAverages, trainer } from "../../src/train/trainer.ts";
import { AVERAGE, momentName } from "../../src/train/update.ts";
import {
  adam,
  adamw,
  asymmetric,
  balancedCrossEntropy,
  binaryCrossEntropy,
  constant,
  cosineDecay,
  linear,
  linearDecay,
  recipe,
  tanh,
} from "../../mod.ts";
import { eachEngine } from "../engine/each.ts";

const [ROWS, IN, LABELS, RATE] = [4, 5, 3, 0.05];

type Arrays = Readonly<Record<string, readonly number[]>>;
const golden: {
  readonly first: Arrays;
  readonly batches: readonly { readonly x: readonly number[]; readonly y: readonly number[] }[];
  readonly runs: Readonly<
    Record<
      string,
      { readonly losses: readonly number[]; readonly weights: Arrays; readonly average?: Arrays }
    >
  >;
  readonly rates: Arrays;
} = JSON.parse(
  Deno.readTextFileSync(fileURLToPath(new URL("../golden/training/steps.json", import.meta.url))),
);

const shapes: Readonly<Record<string, readonly number[]>> = {
  "0.weight": [6, IN],
  "0.bias": [6],
  "2.weight": [LABELS, 6],
  "2.bias": [LABELS],
};

const source = choice("none", {}, (): Source => ({
  inputs: { x: { shape: [IN], dtype: "float32" } },
  open: () => Promise.reject(new Error("unused")),
  reader: () => Promise.reject(new Error("unused")),
}));

const plain = recipe({
  name: "steps",
  data: source,
  labels: LABELS,
  model: ({ x }, at) => linear(LABELS)(tanh(linear(6)(x, at(0))), at(2)),
  epochs: 3,
  loss: binaryCrossEntropy(),
  optimizer: adamw({ weightDecay: 0.1 }),
  learningRate: constant({ rate: RATE }),
});

const biasesFree = { groups: [{ of: "0", rate: 0.5 }, { of: "**.bias", weightDecay: 0 }] };
/** Each run's recipe, and how many steps an epoch has where that counts. */
const settings: Readonly<Record<string, Partial<Recipe> & { readonly steps?: number }>> = {
  "adamw": {},
  "adam": { optimizer: adam({ weightDecay: 0.1 }) },
  "positive weight": { loss: binaryCrossEntropy({ positiveWeight: [1, 2, 5] }) },
  "asymmetric": { loss: asymmetric({ gammaPositive: 1 }) },
  "groups": biasesFree,
  "clipped": { clipNorm: 0.05 },
  "accumulated": { accumulate: 2 },
  "averaged": { average: { decay: 0.8 } },
  "staged": { stages: [{ freeze: "0", epochs: 1 }], steps: 2 },
  "all of it": {
    ...biasesFree,
    clipNorm: 0.05,
    accumulate: 2,
    average: { decay: 0.8 },
    stages: [{ freeze: "0", epochs: 1 }],
    steps: 1,
  },
};

function near(found: ArrayLike<number>, expected: readonly number[], what: string): void {
  assertEquals(found.length, expected.length, what);
  expected.forEach((x, i) => assertAlmostEquals(found[i], x, 5e-6, `${what}, number ${i}`));
}

Deno.test("every golden run has its settings", () => {
  assertEquals(Object.keys(settings), Object.keys(golden.runs));
});

for (const [name, { steps = Infinity, ...changes }] of Object.entries(settings)) {
  eachEngine(`losses, weights and averages are PyTorch's: ${name}`, async (engine) => {
    const { losses, weights, average } = golden.runs[name];
    const changed = { ...plain, ...changes };
    using bound = trainer(changed, engine);
    for (const [name, shape] of Object.entries(shapes)) {
      await bound.memory.put(name, float32(shape, golden.first[name]));
    }
    await prepareTraining(bound, changed);
    await startAverages(bound, changed);
    const batches = golden.batches.map(batchOf);
    const found: number[] = [];
    for (const [i, group] of inGroups(batches, changed.accumulate ?? 1).entries()) {
      const place = { epoch: Math.floor(i / steps), steps };
      found.push(await bound.step(group, RATE, i + 1, changed.stages ? place : undefined));
    }
    near(found, losses, "losses");
    for (const name of Object.keys(shapes)) {
      near((await bound.memory.get(name)).data, weights[name], name);
      if (average) {
        near((await bound.memory.get(momentName(AVERAGE, name))).data, average[name], `average of ${name}`);
      }
    }
  });
}

Deno.test("rates of every step are transformers'", () => {
  for (const [name, schedule] of [["linear", linearDecay], ["cosine", cosineDecay]] as const) {
    const { rate } = schedule({ rate: RATE, warmup: 0.25 }).made;
    near(Array.from({ length: 12 }, (_, step) => rate(0, {}, { step, steps: 12 })), golden.rates[name], name);
  }
});

const batchOf = ({ x, y }: typeof golden.batches[number]) => ({
  inputs: { x: float32([ROWS, IN], x) },
  labels: Float32Array.from(y),
});

eachEngine("labels weigh as much as they are rare in the training rows, up to a cap", async (engine) => {
  const lossOf = async (recipe: Recipe) => {
    using bound = trainer(recipe, engine);
    await randomize(bound.memory, bound.plan.model, 1);
    await prepareTraining(bound, recipe);
    return await bound.step([batchOf(golden.batches[0])], RATE, 1);
  };
  const balanced = { ...plain, loss: balancedCrossEntropy({ cap: 4 }) };
  const given = { ...plain, loss: binaryCrossEntropy({ positiveWeight: [2, 4, 4] }) };
  assertEquals(
    await lossOf(withFrequencies(balanced, { size: 20, positives: () => [10, 1, 0] })),
    await lossOf(given),
  );
  await assertRejects(() => lossOf(balanced), Error, "expected the training rows to be counted first");
});

Deno.test("a source that does not count its labels is refused where the loss needs them", () => {
  const balanced = { ...plain, loss: balancedCrossEntropy({ cap: 4 }) };
  assertThrows(
    () => withFrequencies(balanced, { size: 20 }),
    Error,
    "expected a source that counts its labels",
  );
  assertEquals(withFrequencies(plain, { size: 20 }), plain);
});

Deno.test("settings out of range are refused by a sentence", () => {
  const refused: readonly [Partial<Recipe>, string][] = [
    [{ accumulate: 0 }, "expected accumulate to be a whole number of at least 1, found 0"],
    [{ clipNorm: 0 }, "expected clipNorm above 0, found 0"],
    [{ average: { decay: 1 } }, "expected decay of average between 0 and 1, found 1"],
    [{ stages: [{ freeze: "0", epochs: 0.5 }] }, 'expected epochs of the stage "0"'],
    [{ groups: [{ of: "0", rate: -1 }] }, 'expected rate of the group "0" of at least 0, found -1'],
  ];
  for (const [changes, sentence] of refused) {
    assertThrows(() => recipe({ ...plain, ...changes }), Error, sentence);
  }
});
