import { assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { constant, warmupThenPlateau } from "../../src/train/schedule.ts";
import { plateaus, ratesOf } from "./follow.ts";
import { macroF1, rates } from "./notebook.ts";

const published = { rate: 1e-4, from: 0.01, epochs: 3, factor: 0.2, patience: 2, threshold: 1e-4 };

Deno.test("the notebook's twenty scores give the twenty rates it printed", () => {
  const found = ratesOf(warmupThenPlateau(published).made, macroF1).slice(0, 20);
  assertEquals(found.map((rate) => rate.toExponential(2)), rates);
});

Deno.test("the rise starts at a hundredth of the rate and ends at the rate itself", () => {
  const found = ratesOf(warmupThenPlateau(published).made, [0, 0, 0]);
  const rise = [0, 1, 2].map((epoch) => 1e-4 * (0.01 + 0.99 * epoch / 3));
  assertEquals(found, [...rise, 1e-4]);
});

const goldens = plateaus();

for (const [i, { scores, rates, ...settings }] of goldens.entries()) {
  Deno.test(`after the rise the rates are ReduceLROnPlateau's: series ${i}, ${JSON.stringify(settings)}`, () => {
    const schedule = warmupThenPlateau({ rate: 1e-3, from: 1, epochs: 0, ...settings }).made;
    assertEquals(ratesOf(schedule, scores).slice(1), rates);
  });
  Deno.test(`scores of the rise do not count: series ${i}, ${JSON.stringify(settings)}`, () => {
    const schedule = warmupThenPlateau({ rate: 1e-3, from: 0.1, epochs: 2, ...settings }).made;
    assertEquals(ratesOf(schedule, [0.9, 0.8, ...scores]).slice(3), rates);
  });
}

Deno.test("a state that went through JSON goes on with the same rates", () => {
  const schedule = warmupThenPlateau(published).made;
  const saved = ratesOf(schedule, macroF1, (state) => JSON.parse(JSON.stringify(state)));
  assertEquals(saved, ratesOf(schedule, macroF1));
});

Deno.test("a constant rate stays", () => {
  assertEquals(ratesOf(constant({ rate: 3e-4 }).made, [0.5, 0.4, 0.3]), [3e-4, 3e-4, 3e-4, 3e-4]);
});

Deno.test("settings can be changed by name and are checked", () => {
  assertEquals(
    warmupThenPlateau(published).with({ epochs: 0, rate: 1 }).made.rate(0, { rate: 1, bad: 0 }, {
      step: 0,
      steps: 1,
    }),
    1,
  );
  assertThrows(() => constant({ rate: 0 }), OnesheetError, "expected rate above 0, found 0");
  assertThrows(
    () => warmupThenPlateau(published).with({ factor: 2 }),
    OnesheetError,
    "expected factor between 0 and 1, found 2",
  );
});
