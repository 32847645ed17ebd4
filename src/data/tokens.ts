/** Texts as WordPiece token ids: the tokens of BERT, cut and padded to one length. */
import { join } from "node:path";
import { textIfThere } from "./read.ts";
import { SPECIAL, type SpecialTokens, tokenizerConfig } from "./tokenizer_config.ts";
import { textIds } from "./tokenizer_json.ts";

export { specialTokensOf } from "./tokenizer_json.ts";

/** Token ids and which of them count, both `[texts, tokens]`, row-major. */
export interface Tokens {
  /** Positions in the vocabulary; `[PAD]` behind the text. */
  readonly ids: Int32Array;
  /** 1 where a token stands, 0 where padding does. */
  readonly mask: Int32Array;
}

/** Turns texts into token ids. */
export interface Tokenizer {
  /** Entries of the vocabulary; every id is below it. */
  readonly size: number;
  /** The text of its `tokenizer.json`: a folder with that file gives the same tokenizer again. */
  readonly json: string;
  /** `[CLS] … [SEP]`, cut on the right to `tokens` ids, padded on the right with `[PAD]`. */
  encode(texts: readonly string[], tokens: number): Tokens;
}

/** What makes a tokenizer. */
export interface VocabularyOptions {
  /** The entries in the order of their ids. */
  readonly vocab: readonly string[];
  /** Whether letters lose their case first, as in the "uncased" models. Default: true. */
  readonly lowercase?: boolean;
  /** Whether letters lose their accents first. Default: as `lowercase`. */
  readonly stripAccents?: boolean | null;
  /** Whether each CJK ideograph is a word of its own. Default: true. */
  readonly separateChinese?: boolean;
  /** The entries with a meaning of their own. Default: BERT's. */
  readonly special?: SpecialTokens;
}

/** `tokenizer.json` of a BERT model. */
function bertJson(
  { vocab, lowercase = true, stripAccents = null, separateChinese = true, special: names = SPECIAL }:
    VocabularyOptions,
): string {
  const ids = Object.fromEntries(vocab.map((entry, id) => [entry, id]));
  const special = (id: string, type_id: number) => ({ SpecialToken: { id, type_id } });
  const sequence = (id: string, type_id: number) => ({ Sequence: { id, type_id } });
  const single = [special(names.cls, 0), sequence("A", 0), special(names.sep, 0)];
  const added = [names.pad, names.unk, names.cls, names.sep, names.mask].filter((entry) =>
    Object.hasOwn(ids, entry)
  ).map((content) => ({
    id: ids[content],
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }));
  return JSON.stringify({
    version: "1.0",
    truncation: null,
    padding: names.pad === SPECIAL.pad ? null : {
      ...{ strategy: "BatchLongest", direction: "Right", pad_to_multiple_of: null, pad_type_id: 0 },
      ...{ pad_id: ids[names.pad], pad_token: names.pad },
    },
    added_tokens: added,
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: separateChinese,
      strip_accents: stripAccents,
      lowercase,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single,
      pair: [...single, sequence("B", 1), special(names.sep, 1)],
      // Hugging Face's tokenizers panic without the ids of what the templates name.
      special_tokens: Object.fromEntries(
        [names.cls, names.sep].map((id) => [id, { id, ids: [ids[id]], tokens: [id] }]),
      ),
    },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: names.unk,
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: ids,
    },
  });
}

/** The tokenizer of a `tokenizer.json`; `from` names it in errors, which are those of {@link textIds}. */
export function tokenizerOf(json: string, from: string): Tokenizer {
  const { size, padding, before, after, cutsLeft, ids: idsOf } = textIds(json, from);
  return {
    size,
    json,
    encode: (texts, tokens) => {
      const room = Math.max(0, tokens - before.length - after.length);
      const ids = new Int32Array(texts.length * tokens).fill(padding);
      const mask = new Int32Array(texts.length * tokens);
      texts.forEach((text, row) => {
        const found = idsOf(text, cutsLeft ? Infinity : room);
        const start = cutsLeft ? Math.max(0, found.length - room) : 0;
        const whole = [...before, ...found.slice(start, start + room), ...after].slice(0, tokens);
        ids.set(whole, row * tokens);
        mask.fill(1, row * tokens, row * tokens + whole.length);
      });
      return { ids, mask };
    },
  };
}

/**
 * The tokenizer of a list of entries.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tokenizer } from "./tokens.ts";
 * const { ids, mask } = tokenizer({ vocab: ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "film"] })
 *   .encode(["A film", "x"], 5);
 * assertEquals([...ids], [2, 5, 6, 3, 0, 2, 1, 3, 0, 0]);
 * assertEquals([...mask], [1, 1, 1, 1, 0, 1, 1, 1, 0, 0]);
 * ```
 */
export const tokenizer = (options: VocabularyOptions): Tokenizer =>
  tokenizerOf(bertJson(options), `of ${options.vocab.length} entries`);

/** The file that holds a whole tokenizer. */
export const TOKENIZER = "tokenizer.json";

/** The tokenizer of a folder's `tokenizer.json`, else of its `vocab.txt`; undefined when it has neither. */
export async function loadTokenizer(folder: string): Promise<Tokenizer | undefined> {
  const file = join(folder, TOKENIZER);
  const json = await textIfThere(file);
  if (json !== undefined) return tokenizerOf(json, `"${file}"`);
  const list = await textIfThere(join(folder, "vocab.txt"));
  if (list === undefined) return undefined;
  const config = join(folder, "tokenizer_config.json");
  return tokenizer({
    ...tokenizerConfig(await textIfThere(config) ?? "", config),
    vocab: list.replace(/\r?\n$/, "").split(/\r?\n/),
  });
}
