import { assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { earlyStopping, never, type Stopping } from "../../src/train/stopping.ts";
import { macroF1 } from "./notebook.ts";

const published = { on: "macroF1", patience: 5, minDelta: 1e-3 } as const;
const only = (macroF1: number) => ({ macroF1, microF1: 0, weightedF1: 0, samplesF1: 0 });

/** Epochs from 1 that were a best, and the epochs waited after each, until the end. */
function follow(stopping: Stopping, scores: readonly number[]): { bests: number[]; waited: number[] } {
  const bests: number[] = [], waited: number[] = [];
  let state = stopping.start();
  for (const [epoch, score] of scores.entries()) {
    const verdict = stopping.next(state, only(score));
    state = JSON.parse(JSON.stringify(verdict.state));
    if (verdict.improved) bests.push(epoch + 1);
    waited.push(state.waited);
    if (verdict.stop) break;
  }
  return { bests, waited };
}

Deno.test("the notebook's twenty scores give its best epochs and never stop", () => {
  assertEquals(follow(earlyStopping(published).made, macroF1), {
    bests: [1, 2, 3, 5, 6, 8, 11, 12, 16, 17],
    waited: [0, 0, 0, 1, 0, 0, 1, 0, 1, 2, 0, 0, 1, 2, 3, 0, 0, 1, 2, 3],
  });
});

Deno.test("five epochs in a row without a better score stop, the fifth being the last", () => {
  const { bests, waited } = follow(earlyStopping(published).made, [0.5, 0.4, 0.4, 0.4, 0.4, 0.4, 0.9]);
  assertEquals({ bests, waited }, { bests: [1], waited: [0, 1, 2, 3, 4, 5] });
});

Deno.test("a rise of less than minDelta counts as waiting and leaves the best; one of minDelta is a best", () => {
  const stopping = earlyStopping({ ...published, minDelta: 0.25 }).made;
  assertEquals(follow(stopping, [0.25, 0.375, 0.4375, 0.5]), { bests: [1, 4], waited: [0, 1, 2, 0] });
});

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
