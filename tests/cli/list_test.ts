/** Lists on the command line. */
import { assertEquals, assertThrows } from "@std/assert";
import { listOf } from "../../src/cli/list.ts";

Deno.test("items of a list may have spaces around them", () => {
  assertEquals(listOf("systems", " gmu, mmbt ,bert-text"), ["gmu", "mmbt", "bert-text"]);
});

Deno.test("an empty item and a repeated one are refused", () => {
  const refusals = [
    ["1,", 'found an empty one in "1,"'],
    ["", 'found an empty one in ""'],
    ["1, ,2", 'found an empty one in "1, ,2"'],
    ["1, 1", 'found "1" twice'],
  ];
  for (const [text, found] of refusals) {
    assertThrows(
      () => listOf("seeds", text),
      Error,
      `Cannot use --seeds: expected each item once between commas, ${found}`,
    );
  }
});
