import { assert, assertEquals } from "@std/assert";
import { clipped, displayWidth, fitted } from "../../src/report/width.ts";

Deno.test("a text takes as many cells as a terminal draws: wide letters two, marks that combine none", () => {
  const texts = ["abc", "映画", "한글", "cine\u0301ma", "🎬", "👨‍👩‍👧", "a\u200db", ""];
  assertEquals(texts.map(displayWidth), [3, 4, 4, 6, 2, 2, 2, 0]);
});

Deno.test("a clipped text is never wider, ends with … and cuts no letter from its marks", () => {
  assertEquals(["映画館", "映画館", "映画館"].map((text, i) => clipped(text, 4 + i)), [
    "映…",
    "映画…",
    "映画館",
  ]);
  assertEquals(clipped("e\u0301e\u0301e\u0301", 2), "e\u0301…");
  for (let columns = 0; columns < 9; columns++) {
    assert(displayWidth(clipped("映画 film 👨‍👩‍👧", columns)) <= columns);
  }
});

Deno.test("of words that do not fit, the least important give way, the first of equals first", () => {
  const words = [["epoch 1", 9], ["50%", 1], ["", 9], ["2.0/s", 0], ["a", 1], ["score 1", 5]] as const;
  const line = (columns: number) =>
    fitted(words.map(([text, importance]) => ({ text, importance })), columns);
  assertEquals(line(80), "epoch 1  50%  2.0/s  a  score 1");
  assertEquals(line(30), "epoch 1  50%  a  score 1");
  assertEquals(line(20), "epoch 1  a  score 1");
  assertEquals(line(16), "epoch 1  score 1");
  assertEquals([line(7), line(5)], ["epoch 1", "epoc…"]);
});
