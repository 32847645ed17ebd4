import { assertEquals, assertThrows } from "@std/assert";
import { choice } from "../../src/base/choice.ts";
import { OnesheetError } from "../../src/base/errors.ts";

const settings = { by: 2, unit: "px", exact: false, steps: [1, 2] as readonly number[], bound: null };
const scale = choice("scale", settings, ({ by, unit }) => (x: number) => `${x * by} ${unit}`);

Deno.test("a choice has its name, its settings and what they make", () => {
  assertEquals([scale.name, scale.options, scale.made(3)], ["scale", settings, "6 px"]);
});

Deno.test("changed settings make another, and the first stays as it was", () => {
  const changed = scale.with({ by: 5 }).with({ unit: "cm", steps: [] });
  assertEquals([changed.made(3), changed.options], ["15 cm", { ...settings, by: 5, unit: "cm", steps: [] }]);
  assertEquals([scale.made(3), scale.options], ["6 px", settings]);
});

const failing = (changes: Record<string, unknown>, sentence: string) => {
  const error = assertThrows(() => scale.with(changes), OnesheetError);
  assertEquals([error.message, error.exitCode], [sentence, 2]);
};

Deno.test("an unknown setting is an error that lists them and offers the nearest", () => {
  const known = "its settings are by, unit, exact, steps, bound";
  failing({ step: [3] }, `Cannot set "step" of scale: ${known}; did you mean "steps"?`);
  failing({ colour: 1 }, `Cannot set "colour" of scale: ${known}`);
  failing({ toString: "x" }, `Cannot set "toString" of scale: ${known}`);
  const error = assertThrows(() => choice("plain", {}, () => 1).with({ a: 1 }), OnesheetError);
  assertEquals(error.message, `Cannot set "a" of plain: its settings are none`);
});

Deno.test("a value of another type is an error that shows one of the right type", () => {
  failing({ by: "3" }, `Cannot set "by" of scale: expected a number such as 2, found "3"`);
  failing({ unit: 3 }, `Cannot set "unit" of scale: expected a string such as "px", found 3`);
  failing({ exact: 1 }, `Cannot set "exact" of scale: expected a boolean such as false, found 1`);
  failing({ steps: 1 }, `Cannot set "steps" of scale: expected a list such as [1,2], found 1`);
  failing({ by: null }, `Cannot set "by" of scale: expected a number such as 2, found null`);
});

Deno.test("what settings cannot make is told when they are set", () => {
  const positive = choice("positive", { by: 1 }, ({ by }) => {
    if (by <= 0) throw new OnesheetError("Cannot scale by that");
    return by;
  });
  assertThrows(() => positive.with({ by: -1 }), OnesheetError, "Cannot scale by that");
});
