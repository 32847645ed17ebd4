import { assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { labelFault, labelSets, labelsFault } from "../../src/data/labels.ts";

const at = (set: number) => `row ${set}`;

/** Labels as people have them. */
const SOUND = [
  "علمی\u200cتخیلی", // a Persian word is spelled with U+200C
  "👩\u200d🚀",
  "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
  "Science\u00adfiction",
  "\u200fעברית\u200e",
  "क्\u200dष",
  "日本",
  "\ue000", // a private use
  "__proto__",
  "constructor",
  "toString",
  "a, b | c",
  '"quoted"',
  "<b>&amp;</b>",
  "x".repeat(1000),
];

Deno.test("what a language or a program may spell a label with is a label, and labels of it are a list of labels", () => {
  assertEquals(SOUND.map(labelFault), SOUND.map(() => undefined));
  const { labels, sets, notes } = labelSets(SOUND.map((label) => [label]), at);
  assertEquals(sets, SOUND.map((label) => [label.normalize("NFC")]));
  assertEquals([labels.length, notes], [SOUND.length, []]);
  assertEquals(labelsFault(JSON.parse(JSON.stringify(labels))), undefined);
});

Deno.test("what cannot be a label is refused by its row", () => {
  const bad = {
    "dra\nma": "U+000A",
    "dra\tma": "U+0009",
    "\x1b[31mdrama": "U+001B",
    "dra\u0085ma": "U+0085",
    "dra\u2028ma": "U+2028",
    "dra\u2029ma": "U+2029",
    "dra\0ma": "U+0000",
    "dra\ud800ma": "U+D800",
    "\u200b\u200d": "expected a label, found",
    ["x".repeat(1001)]: "at most 1000 characters, found 1001",
  };
  for (const [label, why] of Object.entries(bad)) {
    const error = assertThrows(() => labelSets([["war"], ["war", label]], at), OnesheetError, why);
    assertEquals(
      error.message.startsWith("Cannot use the labels: row 1: expected a label"),
      true,
      error.message,
    );
    assertEquals(error.message.length < 500, true);
    assertEquals(labelsFault([label])?.includes(why), true);
  }
  const many = Array.from({ length: 1000 }, () => ["a\nb"]);
  const error = assertThrows(() => labelSets(many, at), OnesheetError, "row 0: expected");
  assertEquals(error.message.includes("; and 995 more;"), true);
});

Deno.test("a label counts once in a row, without the space around it", () => {
  const { labels, sets } = labelSets(
    [["war", " war ", "\u00a0war", ""], [""], ["drama", "war", "drama"]],
    at,
  );
  assertEquals(labels, ["drama", "war"]);
  assertEquals(sets, [["war"], [], ["drama", "war"]]);
});

Deno.test("spellings of the same characters are one label, and that is said in a line", () => {
  const { labels, sets, notes } = labelSets(
    [["trage\u0301die"], ["trag\u00e9die", "trage\u0301die"], ["com\u00e9die"], ["\u212b"], ["\u00c5"]],
    at,
  );
  assertEquals(labels, ["com\u00e9die", "trag\u00e9die", "\u00c5"]);
  assertEquals(sets[1], ["trag\u00e9die"]);
  assertEquals(notes, [
    "2 labels are spelled with composed and with separate accents, counted as one each: trag\u00e9die, \u00c5",
  ]);
});

Deno.test("a list that is no list of labels has a fault", () => {
  assertEquals(labelsFault({}), "expected a list of labels, found {…}");
  assertEquals(labelsFault(["a", 1]), 'expected a list of labels, found ["a", 1]');
  assertEquals(labelsFault(["a", "b", "a"]), 'expected every label once, found "a" twice');
});
