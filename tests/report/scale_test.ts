import { assertAlmostEquals, assertEquals } from "@std/assert";
import { linear, stepOf } from "../../src/report/scale.ts";

const texts = (scale: ReturnType<typeof linear>) => scale.ticks.map((tick) => tick.text);

Deno.test("steps are 1, 2 or 5 times a power of ten and no more than asked for", () => {
  assertEquals([19, 6, 7, 100, 0.086, 0.6].map((span) => stepOf(span, 6)), [5, 1, 2, 20, 0.02, 0.1]);
});

Deno.test("a linear axis goes from 0 to a whole step above the values", () => {
  assertEquals(texts(linear([0.0464, 0.0858])), ["0.00", "0.02", "0.04", "0.06", "0.08", "0.10"]);
  assertEquals(texts(linear([0.5, 0.8])), ["0.0", "0.2", "0.4", "0.6", "0.8"]);
  assertEquals(linear([0.8]).share(0.8), 1);
  assertAlmostEquals(linear([0.05, null]).share(0.01) ?? NaN, 0.2);
});

Deno.test("an axis without a value to draw goes to 1", () => {
  assertEquals(texts(linear([])), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
  assertEquals(texts(linear([0, null, NaN])), texts(linear([])));
});

Deno.test("what is not a number, or cannot lie on the axis, has no place", () => {
  for (const value of [null, NaN, Infinity, -1]) {
    assertEquals(linear([1]).share(value), undefined);
  }
  assertEquals(linear([1]).share(0), 0);
});
