/** Words as ids of a vocabulary: the longest entries that they begin with, one after the other (WordPiece). */

/** The model of `tokenizer.json`. */
export interface WordPieceModel {
  /** Entries and their ids. */
  readonly vocab: ReadonlyMap<string, number>;
  /** The id of a word that is longer than `longest` characters, or that no entries make up. */
  readonly unknown: number;
  /** What stands before an entry that does not begin a word. */
  readonly prefix: string;
  /** Characters of a word, at most. */
  readonly longest: number;
}

/** Whether a text has more characters (code points) than a number. */
const isLonger = (text: string, than: number): boolean =>
  text.length > 2 * than || text.length > than && [...text].length > than;

/**
 * The ids of a word.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { wordPiece } from "./word_piece.ts";
 * const vocab = new Map([["[UNK]", 0], ["film", 1], ["##s", 2]]);
 * const ids = wordPiece({ vocab, unknown: 0, prefix: "##", longest: 100 });
 * assertEquals(["films", "film", "movie"].map(ids), [[1, 2], [1], [0]]);
 * ```
 */
export function wordPiece({ vocab, unknown, prefix, longest }: WordPieceModel): (word: string) => number[] {
  const inner = new Map<string, number>();
  let most = 0;
  for (const [entry, id] of vocab) {
    most = Math.max(most, entry.length);
    if (entry.startsWith(prefix)) inner.set(entry.slice(prefix.length), id);
  }
  return (word) => {
    if (isLonger(word, longest)) return [unknown];
    const ids: number[] = [];
    for (let start = 0; start < word.length;) {
      const entries = start === 0 ? vocab : inner;
      let end = Math.min(word.length, start + most), id = entries.get(word.slice(start, end));
      while (id === undefined && end > start + 1) id = entries.get(word.slice(start, --end));
      if (id === undefined) return [unknown];
      ids.push(id);
      start = end;
    }
    return ids;
  };
}
