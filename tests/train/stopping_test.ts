import { assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { earlyStopping, never } from "../../src/train/stopping.ts";
import { follow, only } from "./follow.ts";
import { bests, macroF1, waited } from "./notebook.ts";

const published = { on: "macroF1", patience: 5, minDelta: 1e-3 } as const;
Deno.test("the notebook's twenty scores give its best epochs and never stop", () => {
  assertEquals(follow(earlyStopping(published).made, macroF1), { bests, waited });
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
