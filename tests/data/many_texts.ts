/**
 * Reads tests/golden/tokens/many.bin and characters.json: texts made by rule, of which the golden keeps checksums. The
 * rule and the vocabulary are those of tests/golden/tokens/many.py, line by line.
 */

/** Ids and mask values of a text. */
export const TOKENS = 128;

const specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
const ranges: readonly (readonly [first: number, last: number])[] = [
  ...[[0x21, 0x7e], [0xa1, 0xac], [0xae, 0x17f], [0x300, 0x345], [0x370, 0x377], [0x391, 0x3a1]] as const,
  ...[[0x3a3, 0x3ff], [0x400, 0x481], [0x531, 0x556], [0x5d0, 0x5ea], [0x621, 0x652]] as const,
  ...[[0x904, 0x94d], [0xe01, 0xe3a], [0x1100, 0x11ff], [0x1e00, 0x1f15], [0x2010, 0x2027]] as const,
  ...[[0x20a0, 0x20bd], [0x2100, 0x2189], [0x2200, 0x22ff], [0x2500, 0x25ff], [0x3001, 0x303f]] as const,
  ...[[0x3041, 0x3096], [0x30a1, 0x30ff], [0x4e00, 0x51ff], [0xac00, 0xaeff], [0xff01, 0xffbe]] as const,
  ...[[0x1d400, 0x1d454], [0x1f300, 0x1f64f], [0x20000, 0x200ff]] as const,
];
const syllables = "the film un aff able ing run no do n s mo vie sto ry ca fé na ïve Σ ß İ ﬁ 漢 字 20 19"
  .split(" ");
const others = [
  ...[
    " ",
    "  ",
    "\t",
    "\n",
    "\r\n",
    "\0",
    "\x07",
    "\x1f",
    "\x7f",
    "\x85",
    "\xa0",
    "\xad",
    "\u2003",
    "\u2028",
  ],
  ...["\u200b", "\u200d", "\ufe0f", "\ufeff", "\ufffd", "\ue000", "\ufdd0", ...specials],
  ...["##", "...", "--", "'s", '"'],
];

/** Every character of the ranges by itself and inside a word, the syllables, and some words. */
export function manyVocabulary(): string[] {
  const characters = ranges.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, i) => String.fromCodePoint(first + i))
  );
  const words = syllables.map((syllable) => syllable.toLowerCase());
  const inside = (entries: readonly string[]) => entries.map((entry) => `##${entry}`);
  const entries = [...specials, ...characters, ...inside(characters), ...words, ...inside(words)];
  return [...new Set([...entries, "movie", "story", "unaffable"])];
}

/** A whole number below n. */
type Below = (n: number) => number;

/** xorshift32 (Marsaglia 2003). */
const drawing = (seed: number): Below => {
  let x = seed;
  return (n) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % n;
  };
};

const repeat = (count: number, make: () => string): string[] => Array.from({ length: count }, make);

function unit(below: Below): string {
  const inRange = ([first, last]: readonly [number, number]) =>
    String.fromCodePoint(first + below(last - first + 1));
  const range = () => ranges[below(ranges.length)];
  const character = () => inRange(range());
  const syllable = () => syllables[below(syllables.length)];
  const kind = below(12);
  if (kind < 5) return repeat(1 + below(4), syllable).join("");
  if (kind < 7) {
    const one = range();
    return repeat(1 + below(12), () => inRange(one)).join("");
  }
  if (kind < 8) return others[below(others.length)];
  if (kind < 9) return character() + String.fromCodePoint(0x300 + below(0x46)) + character();
  if (kind < 10) return `${below(100000)}`;
  if (kind < 11) {
    const between = character();
    return repeat(3, syllable).join(between);
  }
  return below(8) === 0 ? repeated(character, below) : character();
}

/** A word of about a hundred times the same character: longer ones are unknown as a whole. */
function repeated(character: () => string, below: Below): string {
  const one = character();
  return one.repeat(90 + below(20));
}

/** A text: mostly up to a dozen units, some empty, some as long as a plot, a few very long. */
export function manyText(index: number): string {
  const below = drawing(Math.imul(2654435761, index + 1));
  for (let i = 0; i < 4; i++) below(1);
  const size = below(1000);
  const units = size < 10 ? 0 : size < 950 ? below(12) : size < 999 ? 40 + below(80) : 2000;
  return repeat(units, () => unit(below) + (below(4) === 0 ? "" : " ")).join("");
}

/** The checksum of each text's ids and mask values, by transformers. */
export const manyChecksums = (bytes: Uint8Array): Uint32Array => new Uint32Array(bytes.slice().buffer);
