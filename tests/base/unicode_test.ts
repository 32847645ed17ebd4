import { assertEquals } from "@std/assert";
import { type Form, normalized } from "../../src/base/unicode.ts";

const forms: readonly Form[] = ["NFC", "NFD", "NFKC", "NFKD"];

/** xorshift32 (Marsaglia 2003). */
function drawing(seed: number): (n: number) => number {
  let x = seed;
  return (n) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % n;
  };
}

/** Every mark, and letters and signs that decompose. */
const characters = Array.from({ length: 0x20000 }, (_, point) => point)
  .filter((point) => point < 0xd800 || point > 0xdfff).map((point) => String.fromCodePoint(point))
  .filter((character) =>
    /\p{M}|[\uff9e\uff9f]/u.test(character) || character.normalize("NFKD") !== character
  );

Deno.test("texts with long rows of any marks normalize as String.normalize does, in every form", () => {
  const below = drawing(5), marks = characters.filter((character) => /\p{M}|[\uff9e\uff9f]/u.test(character));
  const pick = (from: readonly string[]) => from[below(from.length)];
  for (let round = 0; round < 200; round++) {
    const few = Array.from({ length: 1 + below(40) }, () => pick(marks));
    const text = Array.from(
      { length: 300 },
      () => below(100) === 0 ? pick(characters) : pick(below(9) === 0 ? marks : few),
    ).join("");
    for (const form of forms) assertEquals(normalized(text, form), text.normalize(form));
  }
});

Deno.test("200,000 marks in the worst order are normalized; with the square of their number it would take minutes", () => {
  for (
    const worst of ["\u0301\u0323", "\u302e\u{1d165}", "\u0f71\u0f72\u0f74", "\u0344\u0323", "\uff9e\u0301"]
  ) {
    const text = `e${worst.repeat(200_000 / worst.length)}`;
    for (const form of forms) normalized(text, form);
  }
});
