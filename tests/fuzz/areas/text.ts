/** Word pieces of texts in any script, by vocabularies of any pieces. */
import { tokenizer } from "../../../src/data/tokens.ts";
import type { Area, Generator } from "../area.ts";
import type { Draw } from "../draw.ts";

/** Pieces of text: letters that lose case or accents, scripts that are set apart, marks, spaces, what is no text. */
const pieces = [
  ...[
    "a",
    "b",
    "e",
    "I",
    "i",
    "İ",
    "ı",
    "ß",
    "ẞ",
    "Σ",
    "ς",
    "é",
    "ñ",
    "Å",
    "Ж",
    "я",
    "ﬁ",
    "Ⅷ",
    "²",
    "0",
    "19",
  ],
  ...["漢", "字", "日", "本", "한", "국", "あ", "ア", "𠀀", "𪜀", "ع", "א", "न", "ि", "ก", "😀", "👩", "🏳"],
  ...[".", ",", "!", "'", "’", "-", "—", "…", "·", "[", "]", "#", "##", "@", "$", "/", "_", "`", "^", "~"],
  ...[
    " ",
    "  ",
    "\n",
    "\t",
    "\u00a0",
    "\u3000",
    "\u200b",
    "\u200d",
    "\ufeff",
    "\u00ad",
    "\0",
    "\u0007",
    "\ufffd",
  ],
  ...[
    "\u0301",
    "\u0327",
    "\u20dd",
    "the",
    "film",
    "able",
    "[SEP]",
    "[UNK]",
    "[sep]",
    "[MASK]",
    "x".repeat(101),
  ],
];

const joined = (draw: Draw, most: number): string =>
  Array.from({ length: draw.int(0, most) }, () => draw.pick(...pieces)).join("");

/** A vocabulary of pieces, some as beginnings and some as continuations. */
function vocabulary(draw: Draw): string[] {
  const words = pieces.filter((piece) =>
    /^[\p{L}\p{N}\p{P}\p{S}]+$/u.test(piece) && !/^\[./.test(piece) && draw.chance(0.6)
  );
  const lowered = words.flatMap((
    word,
  ) => [word, word.toLowerCase(), word.normalize("NFD").replaceAll(/\p{Mn}/gu, "")]);
  const known = [...lowered, ...lowered.filter(() => draw.chance(0.5)).map((word) => `##${word}`)];
  return [
    ...new Set([
      "[PAD]",
      "[UNK]",
      "[CLS]",
      "[SEP]",
      "[MASK]",
      ...known.filter((word) => word !== "" && word !== "##"),
    ]),
  ];
}

const texts: Generator = (draw) => ({
  settings: {
    vocabulary: vocabulary(draw),
    texts: Array.from({ length: draw.int(1, 6) }, () => joined(draw, 24)),
    tokens: draw.pick(2, 8, 16, 64),
  },
});

/** Text. */
export const text: Area = {
  name: "text",
  against: "transformers' BertTokenizer",
  packages: ["torch", "transformers"],
  isComputed: false,
  limit: 0,
  kinds: { uncased: texts, cased: texts },
  answer: ({ kind, settings }) => {
    // deno-lint-ignore no-explicit-any
    const { vocabulary, texts, tokens } = settings as any;
    const { ids, mask } = tokenizer({ vocab: vocabulary, lowercase: kind === "uncased" }).encode(
      texts,
      tokens,
    );
    return { ids: [...ids], mask: [...mask] };
  },
};
