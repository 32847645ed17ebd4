/** How a normalized text is split into words: the pre-tokenizers of `tokenizer.json`. */
import { isObject, show } from "../base/json.ts";
import type { Fail } from "./normalizer.ts";

/** Splits a text into words. */
export interface PreTokenizer {
  /** The words. */
  readonly split: (text: string) => string[];
  /** Whether a text cut before a space gives the same words in two parts. */
  readonly isLocal: boolean;
}

/** ASCII signs that Unicode counts among symbols, and all punctuation. */
const PUNCTUATION = "!-\\/:-@\\[-`\\{-~\\p{P}";

const matches = (pattern: RegExp) => (text: string): string[] => text.match(pattern) ?? [];

/** Splits at white space, which goes, and at punctuation, each sign by itself: the words of BERT. */
export const bertWords = matches(new RegExp(`[^\\p{White_Space}${PUNCTUATION}]+|[${PUNCTUATION}]`, "gu"));

const WORD = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}";

const simple: Readonly<Record<string, PreTokenizer>> = {
  BertPreTokenizer: { split: bertWords, isLocal: true },
  Whitespace: { split: matches(new RegExp(`[${WORD}]+|[^${WORD}\\p{White_Space}]+`, "gu")), isLocal: true },
  WhitespaceSplit: { split: matches(/\P{White_Space}+/gu), isLocal: true },
};

const signs = matches(new RegExp(`[^${PUNCTUATION}]+|[${PUNCTUATION}]`, "gu"));

/** The pre-tokenizer that `tokenizer.json` describes. */
export function preTokenizerOf(value: unknown, fail: Fail): PreTokenizer {
  if (value === null || value === undefined) {
    return { split: (text) => text === "" ? [] : [text], isLocal: false };
  }
  const { type, pretokenizers, behavior = "Isolated", individual_digits } = isObject(value) ? value : {};
  if (typeof type === "string" && Object.hasOwn(simple, type)) return simple[type];
  switch (type) {
    case "Punctuation":
      if (behavior !== "Isolated") return fail('"behavior": "Isolated" of Punctuation', behavior);
      return { split: signs, isLocal: false };
    case "Digits":
      return {
        split: matches(individual_digits === true ? /\P{N}+|\p{N}/gu : /\P{N}+|\p{N}+/gu),
        isLocal: false,
      };
    case "Sequence": {
      if (!Array.isArray(pretokenizers)) return fail("a list of pre-tokenizers in a Sequence", pretokenizers);
      const each = pretokenizers.map((one) => preTokenizerOf(one, fail));
      return {
        split: (text) => each.reduce((words, { split }) => words.flatMap(split), [text]),
        isLocal: each.some(({ isLocal }) => isLocal),
      };
    }
  }
  return fail(
    "a pre-tokenizer of BertPreTokenizer, Whitespace, WhitespaceSplit, Punctuation, Digits, Sequence",
    type ?? show(value),
  );
}
