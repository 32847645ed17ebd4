/** A WordPiece vocabulary made from the texts themselves, for models whose weights start at random. */
import { OnesheetError } from "../base/errors.ts";
import { bertNormalizer } from "./normalizer.ts";
import { bertWords } from "./pre_tokenizer.ts";

/** Entries 0 … 103 as in bert-base-uncased: [PAD], 99 unused, [UNK], [CLS], [SEP], [MASK]. */
const HEAD: readonly string[] = [
  "[PAD]",
  ...Array.from({ length: 99 }, (_, i) => `[unused${i}]`),
  "[UNK]",
  "[CLS]",
  "[SEP]",
  "[MASK]",
];

const normalize = bertNormalizer({});

/** Counts as pairs, the most frequent first; equal counts in the order of the entries' UTF-16 units. */
const byCount = (counts: ReadonlyMap<string, number>): string[] =>
  [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([entry]) => entry);

/**
 * At most `size` entries: BERT's first 104, then every character alone and inside a word (`##`), then whole words,
 * each kind with the most frequent first. Equal texts give an equal vocabulary. Lower-cased, accents removed.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { vocabularyOf } from "./vocabulary.ts";
 * const entries = vocabularyOf(["A film. A film!"], 30522);
 * assertEquals([entries[0], entries[101], entries.at(-1)], ["[PAD]", "[CLS]", "film"]);
 * ```
 *
 * Errors: a size that leaves no room after BERT's first 104.
 */
export function vocabularyOf(texts: Iterable<string>, size: number): string[] {
  if (size <= HEAD.length) {
    throw new OnesheetError(
      `Cannot make a vocabulary: expected more than ${HEAD.length} entries, found ${size}`,
    );
  }
  const words = new Map<string, number>();
  const characters = new Map<string, number>();
  const count = (counts: Map<string, number>, entry: string) =>
    counts.set(entry, (counts.get(entry) ?? 0) + 1);
  for (const text of texts) {
    for (const word of bertWords(normalize(text))) {
      count(words, word);
      for (const character of word) count(characters, character);
    }
  }
  const single = byCount(characters).flatMap((character) => [character, `##${character}`]);
  const longer = byCount(words).filter((word) => !characters.has(word));
  return [...HEAD, ...single, ...longer].slice(0, size);
}
