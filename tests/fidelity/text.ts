/** The same text: token ids and masks. */
import { crc32 } from "node:zlib";
import { type Tokenizer, tokenizer } from "../../src/data/tokens.ts";
import { manyChecksums, manyText, manyVocabulary, TOKENS } from "../data/many_texts.ts";
import { type Check, type Context, differing, type Measure, readJson } from "./check.ts";
import { settings, withFilms } from "./films.ts";

const bytes = (numbers: Int32Array): Uint8Array => new Uint8Array(numbers.buffer);

/** Texts made by rule, of which checksums are kept. */
function many({ goldens }: Context): Promise<Check[]> {
  const sums = manyChecksums(Deno.readFileSync(`${goldens}/tokens/many.bin`));
  const { encode } = tokenizer({ vocab: manyVocabulary() });
  const different = sums.filter((sum, i) => {
    const { ids, mask } = encode([manyText(i)], TOKENS);
    return crc32(bytes(mask), crc32(bytes(ids))) !== sum;
  });
  return Promise.resolve([{
    detail:
      "WordPiece, uncased, at most 128 ids with [CLS] and [SEP], cut on the right, padded to 128: accents, CJK, " +
      "emoji, controls, marks, empty and very long texts",
    against: "transformers 5.23.0 `BertTokenizer`",
    difference: different.length,
    limit: 0,
    unit: `of ${sums.length.toLocaleString("en")} texts`,
  }]);
}

/** Text; its ids uncased and cased; its ids and mask uncased in a length of 16. */
type Kept = readonly [text: string, uncased: number[], cased: number[], cut: number[], mask: number[]];

/** The ids of a text without padding. */
const idsOf = ({ encode }: Tokenizer, text: string): number[] => {
  const { ids, mask } = encode([text], 512);
  return [...ids.subarray(0, mask.lastIndexOf(1) + 1)];
};

function kept({ goldens }: Context): Promise<Check[]> {
  const texts = readJson<readonly Kept[]>(`${goldens}/tokens/tokens.json`);
  const vocab = Deno.readTextFileSync(`${goldens}/tokens/vocab.txt`).trimEnd().split("\n");
  const [uncased, cased] = [tokenizer({ vocab }), tokenizer({ vocab, lowercase: false })];
  const ours = texts.map(([text]): Kept => {
    const { ids, mask } = uncased.encode([text], 16);
    return [text, idsOf(uncased, text), idsOf(cased, text), [...ids], [...mask]];
  });
  return Promise.resolve([{
    detail: "the same with ids that are kept in full: uncased, cased, cut to 16",
    against: "transformers 5.23.0 `BertTokenizer`",
    difference: differing(ours, texts),
    limit: 0,
    unit: `of ${texts.length} texts`,
  }]);
}

const plots: Measure = (context) =>
  withFilms(context, async ({ expected: { train, validation }, set }) => {
    const { tokens } = settings;
    const encoded = async (side: "train" | "validation") => {
      const { size, batch } = set[side];
      const { ids, mask } = (await batch(Int32Array.from({ length: size }, (_, i) => i))).inputs;
      return Array.from({ length: size }, (_, i) => {
        const row = (all: ArrayLike<number>) => Array.from(all).slice(i * tokens, (i + 1) * tokens);
        return [row(ids.data), row(mask.data)];
      });
    };
    const all = [...train, ...validation];
    const padded = (start: readonly number[]) => [...start, ...Array<number>(tokens - start.length).fill(0)];
    return [{
      detail: "plots of a data set on disk in batches, segment 0",
      against: "transformers 5.23.0 on datasets 5.2.0",
      difference: differing(
        [...await encoded("train"), ...await encoded("validation")],
        all.map(({ ids, tokens: count }) => [padded(ids), padded(Array<number>(count).fill(1))]),
      ),
      limit: 0,
      unit: `of ${all.length} rows`,
    }];
  });

/** Details of the texts. */
export const text: readonly Measure[] = [many, kept, plots];
