import { assert, assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { tokenizer } from "../../src/data/tokens.ts";
import { vocabularyOf } from "../../src/data/vocabulary.ts";

const texts = ["The Café, the film.", "A film of the 漢字 ΣΑΣ!", "\u{20000} films"];

Deno.test("the special tokens stand where bert-base-uncased has them", () => {
  const entries = vocabularyOf(texts, 30522);
  assertEquals(entries.slice(100, 104), ["[UNK]", "[CLS]", "[SEP]", "[MASK]"]);
  assertEquals([entries[0], entries[1], entries[99]], ["[PAD]", "[unused0]", "[unused98]"]);
});

Deno.test("characters come first, then words, each with the most frequent first and ties in a fixed order", () => {
  assertEquals(vocabularyOf(["b a b bb ca ca"], 30522).slice(104), [
    "b",
    "##b",
    "a",
    "##a",
    "c",
    "##c",
    "ca",
    "bb",
  ]);
});

Deno.test("entries that are as frequent as others come in the order of their UTF-16 units, not in that of the text", () => {
  assertEquals(vocabularyOf(["zb ya zb ya xc xc"], 30522).slice(104), [
    ...["a", "b", "c", "x", "y", "z"].flatMap((letter) => [letter, `##${letter}`]),
    ...["xc", "ya", "zb"],
  ]);
});

Deno.test("no entry stands twice and no text it was made from has an unknown token", () => {
  const entries = vocabularyOf(texts, 30522);
  assertEquals(new Set(entries).size, entries.length);
  assert(!tokenizer({ vocab: entries }).encode(texts, 64).ids.includes(100));
});

Deno.test("equal texts give an equal vocabulary and it is never larger than asked", () => {
  assertEquals(vocabularyOf(texts, 30522), vocabularyOf([...texts], 30522));
  assertEquals(vocabularyOf(texts, 110), vocabularyOf(texts, 30522).slice(0, 110));
  assertThrows(() => vocabularyOf(texts, 104), OnesheetError, "expected more than 104 entries, found 104");
});
