import { assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { earlyStopping, never } from "../../src/train/stopping.ts";
import gatEfficientnet from "../../recipes/gat_efficientnet.ts";
import mmGatbt from "../../recipes/mm_gatbt.ts";
import mmbt from "../../recipes/mmbt.ts";
import { follow, only } from "./follow.ts";
import { bests, macroF1, waited } from "./notebook.ts";

const published = { on: "macroF1", patience: 5, minDelta: 1e-3, inclusive: true } as const;

Deno.test("the notebook's twenty scores give its best epochs and never stop", () => {
  assertEquals(follow(earlyStopping(published).made, macroF1), { bests, waited });
});

Deno.test("five epochs in a row without a better score stop, the fifth being the last", () => {
  const { bests, waited } = follow(earlyStopping(published).made, [0.5, 0.4, 0.4, 0.4, 0.4, 0.4, 0.9]);
  assertEquals({ bests, waited }, { bests: [1], waited: [0, 1, 2, 3, 4, 5] });
});

Deno.test("a rise of minDelta or less counts as waiting and leaves the best", () => {
  const stopping = earlyStopping({ on: "macroF1", patience: 5, minDelta: 0.25 }).made;
  assertEquals(follow(stopping, [0.25, 0.375, 0.5, 0.5625]), { bests: [1, 4], waited: [0, 1, 2, 0] });
});

Deno.test("inclusive, a rise of exactly minDelta is a best, and so is an equal score where minDelta is 0", () => {
  const stopping = earlyStopping({ ...published, minDelta: 0.25 });
  assertEquals(follow(stopping.made, [0.25, 0.375, 0.4375, 0.5]), { bests: [1, 4], waited: [0, 1, 2, 0] });
  assertEquals(follow(stopping.with({ minDelta: 0 }).made, [0.5, 0.5, 0.4]).bests, [1, 2]);
});

/** What lightning.pytorch 2's and Keras 3's EarlyStopping do: the epoch, from 1, after which a run ends, and its best. */
const standing = [
  { scores: Array(9).fill(0), minDelta: 0, ends: 4, best: 1 },
  { scores: Array(9).fill(0.4), minDelta: 0, ends: 4, best: 1 },
  { scores: [0.1, 0.3, 0.3, 0.3, 0.2, 0.3, 0.3], minDelta: 0, ends: 5, best: 2 },
  { scores: [0.1, 0.2, 0.3, 0.2, 0.1, 0.3, 0.4], minDelta: 0, ends: 6, best: 3 },
  { scores: Array(9).fill(0), minDelta: 1e-3, ends: 4, best: 1 },
] as const;

for (const { scores, minDelta, ends, best } of standing) {
  Deno.test(`a score that stands still is not better: ${scores.join(" ")}, minDelta ${minDelta}`, () => {
    const { bests, waited } = follow(earlyStopping({ on: "macroF1", patience: 3, minDelta }).made, scores);
    assertEquals({ ends: waited.length, best: bests.at(-1) }, { ends, best });
  });
}

for (const recipe of [mmbt, gatEfficientnet, mmGatbt]) {
  Deno.test(`${recipe.name} ends after its patience of epochs in which the score stands still`, () => {
    const { patience } = recipe.stop.options as { patience: number };
    const scores = Array.from({ length: recipe.epochs }, () => ({ ...only(0.2), microF1: 0.37 }));
    assertEquals(follow(recipe.stop.made, scores).waited.length, 1 + patience);
  });
}

Deno.test("the watched score is the one named", () => {
  const stopping = earlyStopping({ ...published, on: "microF1" }).made;
  assertEquals(stopping.on, "microF1");
  const { state } = stopping.next(stopping.start(), { ...only(0.1), microF1: 0.7 });
  assertEquals(state.best, 0.7);
});

Deno.test("never keeps the best, however small the rise, and does not stop", () => {
  const falling = Array.from({ length: 50 }, () => 0.1);
  const { bests, waited } = follow(never({ on: "macroF1" }).made, [0.2, 0.2000001, ...falling]);
  assertEquals(bests, [1, 2]);
  assertEquals(waited.at(-1), 50);
});

Deno.test("a score that does not exist is an error that offers the nearest", () => {
  assertThrows(
    () => earlyStopping(published).with({ on: "makroF1" }),
    OnesheetError,
    `Cannot watch "makroF1": expected one of macroF1, microF1, weightedF1, samplesF1; did you mean "macroF1"?`,
  );
});
