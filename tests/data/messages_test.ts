import { assertEquals } from "@std/assert";
import { random } from "../../src/base/random.ts";
import { genresOf, labelsOf, plotOf, posterOf, textOf } from "../../src/data/messages.ts";

const prompt = (plot: string) => `Poster.\nPlot: ${plot}\nNote that a movie may have several genres.`;

Deno.test("the plot is what stands between Plot: and the note, over several lines, stripped", () => {
  assertEquals(plotOf(prompt("A man.\nA dog.\n\nThe end.  ")), "A man.\nA dog.\n\nThe end.");
});

Deno.test("the first note ends the plot, the first Plot: starts it", () => {
  assertEquals(plotOf(prompt("a Plot: b") + prompt("c")), "a Plot: b");
});

Deno.test("whitespace is Python's: U+001C and U+0085 are stripped, U+FEFF stays", () => {
  assertEquals(plotOf(prompt("\u001c\u0085\u00a0\u3000x\u2029\u001f")), "x");
  assertEquals(plotOf(prompt("\ufeffx")), "\ufeffx");
});

Deno.test("a prompt without a plot gives the literal, an empty plot stays empty", () => {
  assertEquals(plotOf("Poster."), "No plot found.");
  assertEquals(plotOf("Plot: x\nnote that a movie"), "No plot found.");
  assertEquals(plotOf("Plot: x Note that a movie"), "No plot found.");
  assertEquals(plotOf(prompt("")), "");
  assertEquals(plotOf(prompt(" \n ")), "");
});

Deno.test("genres are split on commas, stripped and lower-cased; an empty answer has none", () => {
  assertEquals(genresOf(" Drama,Sci-Fi ,\u0085Film-Noir\n"), ["drama", "sci-fi", "film-noir"]);
  assertEquals(genresOf(""), []);
  assertEquals(genresOf("Drama, "), ["drama"]);
});

Deno.test("labels are every genre once in code-point order", () => {
  assertEquals(labelsOf([["drama", "war"], ["action", "drama"], []]), ["action", "drama", "war"]);
  // By UTF-16 unit the emoji (D83D DE00) would come before U+FF5E; a prefix comes first.
  assertEquals(labelsOf([["\u{1f600}"], ["\uff5e", "sci-fi", "sci"]]), [
    "sci",
    "sci-fi",
    "\uff5e",
    "\u{1f600}",
  ]);
});

Deno.test("a row counts only with a first image and two messages", () => {
  const messages = [{ content: prompt("x"), role: "user" }, { content: "Drama", role: "assistant" }];
  const poster = Uint8Array.of(1);
  assertEquals(textOf({ messages }), { plot: "x", genres: ["drama"] });
  assertEquals(textOf({ messages: messages.slice(0, 1) }), undefined);
  assertEquals(textOf({ messages: [{ content: null }, messages[1]] }), undefined);
  assertEquals(textOf({}), undefined);
  assertEquals(posterOf({ images: [{ bytes: poster, path: null }] }), poster);
  assertEquals(posterOf({ images: [] }), undefined);
  assertEquals(posterOf({ images: [{ bytes: null, path: "x.jpg" }] }), undefined);
  assertEquals(posterOf({ images: null }), undefined);
});

Deno.test("the plot is that of the notebook's expression, and any number of spaces takes time in proportion", () => {
  const space = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
  const expression = new RegExp(`Plot:${space}*(.*?)${space}*\\nNote that a movie`, "s");
  const ends = new RegExp(`^${space}+|${space}+$`, "g");
  const expected = (text: string) => expression.exec(text)?.[1].replace(ends, "") ?? "No plot found.";
  const parts = [
    "Plot:",
    "Plot:",
    " ",
    "\n",
    "\n",
    "Note that a movie",
    "\nNote that a movie",
    "x",
    "\x85",
    "\ufeff",
  ];
  const { integer } = random(1, "plots");
  for (let i = 0; i < 20_000; i++) {
    const text = Array.from(
      { length: 1 + integer(9) },
      () => parts[integer(parts.length)],
    )
      .join("");
    assertEquals(plotOf(text), expected(text), JSON.stringify(text));
  }
  const spaces = " ".repeat(1e6);
  assertEquals(plotOf(`Plot:${spaces}`), "No plot found.");
  assertEquals(plotOf(prompt(`${spaces}x${spaces}y${spaces}`)), `x${spaces}y`);
  assertEquals(plotOf("Plot:\nNote".repeat(1e5)), "No plot found.");
  assertEquals(genresOf(`Drama${spaces}x, `), [`drama${spaces}x`]);
});
