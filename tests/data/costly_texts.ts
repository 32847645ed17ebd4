/** Tokenizes the text that the argument names, of about a million characters; a child process, so that it can be ended. */
import { tokenizer } from "../../src/data/tokens.ts";
import { vocabularyOf } from "../../src/data/vocabulary.ts";

const MILLION = 1_000_000;
const of = (part: string): string => part.repeat(MILLION / part.length);

/** Texts that a tokenizer may take more than linear time for. */
export const costlyTexts: Readonly<Record<string, () => string>> = {
  "accents in the wrong order": () => `e${of("\u0301\u0323")} film`,
  "accents that stay, in the wrong order": () => `e${of("\u302e\u{1d165}")} film`,
  "accents of several classes without an end": () => of("\u0f71\u0f72\u0f74"),
  "one word": () => of("film"),
  "one word of characters beyond U+FFFF": () => of("\u{1d400}"),
  "words of a hundred characters that no entries make up": () => of(`${"a".repeat(98)}☃ `),
  "spaces": () => of(" "),
  "spaces and control characters": () => of(" \0"),
  "special tokens": () => of("[SEP]"),
  "the beginning of a special token": () => of("[[[["),
  "ideographs": () => of("漢"),
  "punctuation": () => of("!"),
  "half characters": () => of("\ud83d"),
};

if (import.meta.main) {
  const [name, lowercase] = Deno.args, text = costlyTexts[name]();
  const vocab = vocabularyOf(["A film of a Film, a snowy film aa aaa aaaa"], 500);
  for (const tokens of [16, 512]) {
    tokenizer({ vocab, lowercase: lowercase === "true" }).encode([text], tokens);
  }
  vocabularyOf([text], 500);
}
