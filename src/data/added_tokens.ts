/** Texts that are one token wherever they stand, found before words are: the added tokens of `tokenizer.json`. */

/** An added token, as `tokenizer.json` has it. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Whether it counts between word boundaries only. */
  readonly single_word?: boolean;
  /** Whether white space before it goes. */
  readonly lstrip?: boolean;
  /** Whether white space behind it goes. */
  readonly rstrip?: boolean;
  /** Whether it is looked for in the normalized text, having been normalized itself. Default: where not special. */
  readonly normalized?: boolean;
  readonly special?: boolean;
}

/** A text between added tokens, or the id of one. */
export type Section = string | number;

const WORD = "[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]";
const wordEnds = new RegExp(`${WORD}$`, "u");
const wordBegins = new RegExp(`^${WORD}`, "u");

const isWhole = (text: string, start: number, end: number): boolean =>
  !wordEnds.test(text.slice(Math.max(0, start - 2), start)) && !wordBegins.test(text.slice(end, end + 2));

const isWhite = (character: string): boolean => /\p{White_Space}/u.test(character);

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

/** Splits a text at the tokens in it, the leftmost first, of those that begin together the longest. */
export function splitter(tokens: readonly AddedToken[]): (text: string) => Iterable<Section> {
  const known = new Map(
    tokens.filter(({ content }) => content !== "").map((token) => [token.content, token]),
  );
  if (known.size === 0) return (text) => [text];
  const pattern = [...known.keys()].sort((a, b) => b.length - a.length).map(escaped).join("|");
  return function* (text) {
    let from = 0;
    for (const { 0: content, index } of text.matchAll(new RegExp(pattern, "g"))) {
      const { id, single_word, lstrip, rstrip } = known.get(content)!;
      let start = index, end = index + content.length;
      if (single_word && !isWhole(text, start, end)) continue;
      while (lstrip && start > from && isWhite(text[start - 1])) start--;
      end = Math.max(end, from);
      while (rstrip && end < text.length && isWhite(text[end])) end++;
      if (start > from) yield text.slice(from, start);
      yield id;
      from = end;
    }
    if (from < text.length) yield text.slice(from);
  };
}
