/** Texts as WordPiece token ids: the tokens of BERT, cut and padded to one length. */
import { Tokenizer as WordPiece } from "@huggingface/tokenizers";
import { join } from "node:path";
import { messageOf, OnesheetError } from "../base/errors.ts";
import { textIfThere } from "./read.ts";

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
  /** Whether letters lose case and accents first, as in the "uncased" models; they do unless told. */
  readonly lowercase?: boolean;
}

/** What BERT's vocabulary must hold. */
export const SPECIAL: readonly string[] = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

/** CJK ideographs beyond U+FFFF as the reference has them: `is_chinese_char` in tokenizers/src/normalizers/bert.rs. */
const HIGH_IDEOGRAPH = /[\u{20000}-\u{2a6df}\u{2a700}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;

/**
 * Makes the library's normalizer equal the reference's (the Rust tokenizers behind transformers): it sets ideographs
 * apart by UTF-16 unit and lower-cases whole words, so it misses the high ideographs and knows a final sigma.
 * What still differs are about 600 characters whose kind Unicode changed after version 8.
 */
export const byCharacter = (text: string, lowercase: boolean): string => {
  const apart = text.replace(HIGH_IDEOGRAPH, " $& ");
  return lowercase ? apart.replaceAll("Σ", "σ") : apart;
};

/** `tokenizer.json` of a BERT model. */
function bertJson({ vocab, lowercase = true }: VocabularyOptions): string {
  const ids = Object.fromEntries(vocab.map((entry, id) => [entry, id]));
  const special = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
  const added = SPECIAL.filter((entry) => entry in ids).map((content) => ({
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
    padding: null,
    added_tokens: added,
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single: [special("[CLS]"), { Sequence: { id: "A", type_id: 0 } }, special("[SEP]")],
      pair: [],
      special_tokens: {},
    },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: ids,
    },
  });
}

/** The tokenizer of a `tokenizer.json`; `from` names it in errors. */
export function tokenizerOf(json: string, from: string): Tokenizer {
  const settings = parse(json, from);
  const wordPiece = new WordPiece(settings, {});
  const idOf = (entry: string): number => {
    const id = wordPiece.token_to_id(entry);
    if (id !== undefined) return id;
    throw new OnesheetError(
      `Cannot use the vocabulary ${from}: expected BERT's ${SPECIAL.join(" ")}, found no ${entry}`,
    );
  };
  const [padding] = SPECIAL.map(idOf);
  const lowercase = settings.normalizer?.lowercase === true;
  return {
    size: wordPiece.get_vocab().size,
    json,
    encode: (texts, tokens) => {
      const ids = new Int32Array(texts.length * tokens).fill(padding);
      const mask = new Int32Array(texts.length * tokens);
      texts.forEach((text, row) => {
        const all = wordPiece.encode(byCharacter(text, lowercase)).ids;
        const kept = all.length > tokens ? [...all.slice(0, tokens - 1), all[all.length - 1]] : all;
        ids.set(kept, row * tokens);
        mask.fill(1, row * tokens, row * tokens + kept.length);
      });
      return { ids, mask };
    },
  };
}

/** The parsed file, known to be a WordPiece tokenizer's. */
function parse(json: string, from: string): { normalizer?: { lowercase?: boolean } } {
  try {
    const settings = JSON.parse(json);
    if (settings?.model?.type === "WordPiece") return settings;
  } catch (error) {
    throw new OnesheetError(`Cannot read the vocabulary ${from}: ${messageOf(error)}`, { cause: error });
  }
  throw new OnesheetError(
    `Cannot use the vocabulary ${from}: expected a WordPiece tokenizer, found another model`,
  );
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
  const settings = await textIfThere(join(folder, "tokenizer_config.json"));
  return tokenizer({
    vocab: list.replace(/\r?\n$/, "").split(/\r?\n/),
    lowercase: JSON.parse(settings ?? "{}").do_lower_case ?? true,
  });
}
