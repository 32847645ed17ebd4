/** The tokenizer that a `tokenizer.json` describes, as the Rust tokenizers behind transformers read it. */
import { messageOf, OnesheetError } from "../base/errors.ts";
import { isCount, isObject, type JsonObject, show } from "../base/json.ts";
import { type AddedToken, splitter } from "./added_tokens.ts";
import { type Fail, normalizerOf } from "./normalizer.ts";
import { preTokenizerOf } from "./pre_tokenizer.ts";
import { SPECIAL } from "./tokenizer_config.ts";
import { wordPiece } from "./word_piece.ts";

/** A text as ids, not yet cut and padded. */
export interface TextIds {
  /** Above every id. */
  readonly size: number;
  readonly padding: number;
  /** The ids before a text, such as that of `[CLS]`. */
  readonly before: readonly number[];
  /** Those behind it, such as that of `[SEP]`. */
  readonly after: readonly number[];
  /** Whether a long text loses its beginning. */
  readonly cutsLeft: boolean;
  /** The ids of a text, at least the first `most`; what comes behind these is not looked at. */
  readonly ids: (text: string, most: number) => number[];
}

/** Least characters of a text that are tokenized together. */
const PIECE = 4096;

/** Refuses a setting, by its name. */
type FailOf = (setting: string) => Fail;

/** A text in pieces, each but the first with the white space that it begins with. */
function* piecesOf(text: string): Generator<string> {
  const white = /[\t\n\r ]/g;
  for (let at = 0; at < text.length;) {
    white.lastIndex = at + PIECE;
    const end = white.exec(text)?.index ?? text.length;
    yield text.slice(at, end);
    at = end;
  }
}

/** The parsed file, known to be a WordPiece tokenizer's. */
function parse(json: string, from: string): JsonObject & { readonly model: JsonObject } {
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

function vocabOf({ vocab }: JsonObject, fail: FailOf): Map<string, number> {
  if (!isObject(vocab)) return fail("model.vocab")("entries and their ids", vocab);
  const entries = Object.entries(vocab), wrong = entries.find(([, id]) => !isCount(id));
  if (wrong !== undefined) fail("model.vocab")(`a whole number for ${show(wrong[0])}`, wrong[1]);
  return new Map(entries as [string, number][]);
}

const isAddedToken = (value: unknown): value is AddedToken =>
  isObject(value) && typeof value.content === "string" && isCount(value.id);

function addedOf({ added_tokens: added }: JsonObject, fail: FailOf): AddedToken[] {
  const found = added ?? [];
  if (Array.isArray(found) && found.every(isAddedToken)) return found;
  return fail("added_tokens")("a list of tokens with content and id", found);
}

/** The names of the tokens before and behind a text, in the order of `post_processor`; undefined stands for the text. */
function templateOf({ post_processor: template }: JsonObject, fail: FailOf): (string | undefined)[] {
  const refuse = fail("post_processor");
  if (template === null || template === undefined) return [undefined];
  const { type, single, cls, sep } = isObject(template) ? template : {};
  if (
    (type === "BertProcessing" || type === "RobertaProcessing") && Array.isArray(cls) && Array.isArray(sep)
  ) {
    return [String(cls[0]), undefined, String(sep[0])];
  }
  if (type !== "TemplateProcessing" || !Array.isArray(single)) {
    return refuse("TemplateProcessing or BertProcessing", type ?? template);
  }
  const names = single.map((part): string | undefined => {
    const { SpecialToken: token, Sequence: text } = isObject(part) ? part : {};
    if (isObject(token) && typeof token.id === "string") return token.id;
    return isObject(text) && text.id === "A" ? undefined : refuse("special tokens and the sequence A", part);
  });
  const texts = names.filter((name) => name === undefined).length;
  return texts === 1 ? names : refuse("a template with the text once", single);
}

/** What `padding` and `truncation` say; lengths are the caller's, as in transformers. */
function sidesOf({ padding, truncation }: JsonObject, fail: FailOf): { pad: string; cutsLeft: boolean } {
  const { direction: padded = "Right", pad_token: pad = SPECIAL.pad } = isObject(padding) ? padding : {};
  const { direction: cut = "Right" } = isObject(truncation) ? truncation : {};
  if (padded !== "Right") fail("padding.direction")('"Right"', padded);
  if (cut !== "Right" && cut !== "Left") fail("truncation.direction")('"Right" or "Left"', cut);
  return typeof pad === "string"
    ? { pad, cutsLeft: cut === "Left" }
    : fail("padding.pad_token")("a text", pad);
}

/** Entries that the vocabulary must have: padding first, then the unknown word and those around a text. */
function requiredOf(settings: JsonObject & { readonly model: JsonObject }, fail: FailOf): string[] {
  const { unk_token: unknown = SPECIAL.unk } = settings.model;
  if (typeof unknown !== "string") fail("model.unk_token")("a text", unknown);
  const around = templateOf(settings, fail).filter((name) => name !== undefined);
  return [sidesOf(settings, fail).pad, unknown as string, ...around];
}

const failing = (from: string): FailOf => (setting) => (expected, found) => {
  throw new OnesheetError(
    `Cannot use the vocabulary ${from}: expected ${expected} as "${setting}", found ${show(found)}`,
  );
};

/** The entries for padding and the unknown word, then those around a text, of a `tokenizer.json` that is read. */
export const specialTokensOf = ({ json }: { readonly json: string }): string[] =>
  requiredOf(parse(json, "of a run"), failing("of a run"));

/**
 * Reads a `tokenizer.json`; `from` names it in errors.
 *
 * Errors: JSON that is none, another model than WordPiece, a setting that is not supported, entries that the vocabulary
 * lacks.
 */
export function textIds(json: string, from: string): TextIds {
  const settings = parse(json, from), fail = failing(from);
  const { model } = settings, vocab = vocabOf(model, fail), added = addedOf(settings, fail);
  const { continuing_subword_prefix: prefix = "##", max_input_chars_per_word: longest = 100 } = model;
  if (typeof prefix !== "string") return fail("model.continuing_subword_prefix")("a text", prefix);
  if (!isCount(longest)) return fail("model.max_input_chars_per_word")("a whole number", longest);
  const all = new Map([...vocab, ...added.map(({ content, id }) => [content, id] as const)]);
  const required = requiredOf(settings, fail);
  const idOf = (entry: string): number => {
    const id = all.get(entry);
    if (id !== undefined) return id;
    throw new OnesheetError(
      `Cannot use the vocabulary ${from}: expected ${required.join(" ")}, found no ${entry}`,
    );
  };
  const [padding, unknown] = required.map(idOf);
  const template = templateOf(settings, fail), at = template.indexOf(undefined);
  const idsOf = (names: readonly (string | undefined)[]) => names.map((name) => idOf(name!));

  const normalizer = normalizerOf(settings.normalizer, fail("normalizer"));
  const { split, isLocal } = preTokenizerOf(settings.pre_tokenizer, fail("pre_tokenizer"));
  const isNormalized = ({ normalized, special }: AddedToken) => normalized ?? !special;
  const inRaw = splitter(added.filter((token) => !isNormalized(token)));
  const later = added.filter(isNormalized);
  const inNormalized = splitter(
    later.map((token) => ({ ...token, content: normalizer.apply(token.content) })),
  );
  const inPieces = normalizer.isLocal && isLocal && later.length === 0;
  const idsOfWord = wordPiece({ vocab, unknown, prefix, longest });

  const ids = (text: string, most: number): number[] => {
    const found: number[] = [];
    for (const section of inRaw(text)) {
      if (typeof section === "number") found.push(section);
      else {
        for (const piece of inPieces ? piecesOf(section) : [section]) {
          for (const part of inNormalized(normalizer.apply(piece))) {
            if (typeof part === "number") found.push(part);
            else for (const word of split(part)) found.push(...idsOfWord(word));
          }
          if (found.length >= most) return found;
        }
      }
      if (found.length >= most) return found;
    }
    return found;
  };
  return {
    size: 1 + [...all.values()].reduce((most, id) => Math.max(most, id), 0),
    padding,
    before: idsOf(template.slice(0, at)),
    after: idsOf(template.slice(at + 1)),
    cutsLeft: sidesOf(settings, fail).cutsLeft,
    ids,
  };
}
