/** The third side of the split: no row is on two sides, and what a row gives does not change. */
import { assertEquals } from "@std/assert";
import { testRows, withoutTestRows } from "../../src/train/held_out.ts";
import { dataset, tiny } from "./tiny.ts";

Deno.test("rows that choose and rows that judge are the validation rows, each once", async () => {
  const { train, validation } = await withoutTestRows(tiny()).data.made.open({});
  const test = testRows(dataset());
  assertEquals([...validation.ids], [0, 2, 4, 6]);
  assertEquals([...test.ids], [1, 3, 5]);
  assertEquals([train.size, validation.size, test.size], [18, 4, 3]);
});

Deno.test("a row gives what it gave before", async () => {
  const test = testRows(dataset());
  const whole = await dataset().validation.batch(Int32Array.of(5, 1));
  assertEquals(await test.batch(Int32Array.of(2, 0)), whole);
});
