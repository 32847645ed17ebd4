/** Texts as WordPiece token ids: the tokens of BERT, cut and padded to one length. */
import { Tokenizer as WordPiece } from "@huggingface/tokenizers";
import { join } from "node:path";
import { messageOf, OnesheetError } from "../base/errors.ts";
import { textIfThere } from "./read.ts";
import { SPECIAL, type SpecialTokens, tokenizerConfig } from "./tokenizer_config.ts";

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

/** How a text is normalized, as `tokenizer.json` has it. */
interface Normalizer {
  readonly type?: string;
  readonly lowercase?: boolean;
  readonly strip_accents?: boolean | null;
  readonly handle_chinese_chars?: boolean;
}

/** Marks that stand on the letter before them. */
const ACCENTS = /\p{Mn}+/gu;

/** CJK ideographs beyond U+FFFF as the reference has them: `is_chinese_char` in tokenizers/src/normalizers/bert.rs. */
const HIGH_IDEOGRAPH = /[\u{20000}-\u{2a6df}\u{2a700}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;

/**
 * Makes the library's normalizer equal the reference's (the Rust tokenizers behind transformers): it sets ideographs
 * apart by UTF-16 unit and lower-cases whole words, so it misses the high ideographs and knows a final sigma.
 * What still differs are about 600 characters whose kind Unicode changed after version 8. Accents that will be stripped
 * are taken out beforehand: sorting them, as decomposition does, takes the square of their number.
 */
export function byCharacter(
  text: string,
  { type = "BertNormalizer", lowercase, strip_accents, handle_chinese_chars = true }: Normalizer,
): string {
  if (type !== "BertNormalizer") return text;
  const bare = strip_accents ?? lowercase ? text.replace(ACCENTS, "") : text;
  const apart = handle_chinese_chars ? bare.replace(HIGH_IDEOGRAPH, " $& ") : bare;
  return lowercase ? apart.replaceAll("Σ", "σ") : apart;
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

/** The tokenizer of a `tokenizer.json`; `from` names it in errors. */
export function tokenizerOf(json: string, from: string): Tokenizer {
  const settings = parse(json, from);
  const wordPiece = new WordPiece(settings, {});
  const required = requiredOf(settings);
  const idOf = (entry: string): number => {
    const id = wordPiece.token_to_id(entry);
    if (id !== undefined) return id;
    throw new OnesheetError(
      `Cannot use the vocabulary ${from}: expected ${required.join(" ")}, found no ${entry}`,
    );
  };
  const [padding] = required.map(idOf);
  const normalizer = settings.normalizer ?? { type: "none" };
  return {
    size: wordPiece.get_vocab().size,
    json,
    encode: (texts, tokens) => {
      const ids = new Int32Array(texts.length * tokens).fill(padding);
      const mask = new Int32Array(texts.length * tokens);
      texts.forEach((text, row) => {
        const all = wordPiece.encode(byCharacter(text, normalizer)).ids;
        const kept = all.length > tokens ? [...all.slice(0, tokens - 1), all[all.length - 1]] : all;
        ids.set(kept, row * tokens);
        mask.fill(1, row * tokens, row * tokens + kept.length);
      });
      return { ids, mask };
    },
  };
}

/** What matters here of a `tokenizer.json`. */
interface Settings {
  readonly normalizer?: Normalizer | null;
  readonly padding?: { readonly pad_token?: string } | null;
  readonly post_processor?: {
    readonly single?: readonly { readonly SpecialToken?: { readonly id: string } }[];
  } | null;
  readonly model: { readonly unk_token?: string };
}

/** Entries that the vocabulary must have: padding first, then the unknown word and those around a text. */
const requiredOf = ({ padding, post_processor, model }: Settings): string[] => [
  padding?.pad_token ?? SPECIAL.pad,
  model.unk_token ?? SPECIAL.unk,
  ...(post_processor?.single ?? []).flatMap(({ SpecialToken }) => SpecialToken ? [SpecialToken.id] : []),
];

/** The entries for padding and the unknown word, then those around a text, of a `tokenizer.json` that is read. */
export const specialTokensOf = ({ json }: Pick<Tokenizer, "json">): string[] => requiredOf(JSON.parse(json));

/** The parsed file, known to be a WordPiece tokenizer's. */
function parse(json: string, from: string): Settings {
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
  const config = join(folder, "tokenizer_config.json");
  return tokenizer({
    ...tokenizerConfig(await textIfThere(config) ?? "", config),
    vocab: list.replace(/\r?\n$/, "").split(/\r?\n/),
  });
}
