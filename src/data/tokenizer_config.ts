/** What `tokenizer_config.json` beside a `vocab.txt` says of a BERT tokenizer, as transformers writes and reads it. */
import { messageOf, OnesheetError } from "../base/errors.ts";
import { isObject, show } from "../base/json.ts";
import type { VocabularyOptions } from "./tokens.ts";

/** The entries with a meaning of their own, by what transformers calls them. */
export interface SpecialTokens {
  readonly pad: string;
  readonly unk: string;
  readonly cls: string;
  readonly sep: string;
  readonly mask: string;
}

/** BERT's own names. */
export const SPECIAL: SpecialTokens = {
  ...{ pad: "[PAD]", unk: "[UNK]", cls: "[CLS]", sep: "[SEP]", mask: "[MASK]" },
};

/** Tokenizer classes whose files these settings are of. */
const BERT = /^(Distil|Mobile)?BertTokenizer(Fast)?$|^ElectraTokenizer(Fast)?$|^PreTrainedTokenizer(Fast)?$/;

/**
 * The settings of a `tokenizer_config.json`; an empty text has none. Defaults are those of transformers' BertTokenizer.
 *
 * Errors: JSON that is none, a setting of another type, one that is not supported: `never_split`,
 * `do_basic_tokenize: false`, the class of a tokenizer that is not BERT's.
 */
export function tokenizerConfig(text: string, path: string): Omit<VocabularyOptions, "vocab"> {
  const fail = (reason: string, cause?: unknown): never => {
    throw new OnesheetError(`Cannot use "${path}": ${reason}`, { cause });
  };
  let found: unknown;
  try {
    found = text.trim() === "" ? {} : JSON.parse(text);
  } catch (cause) {
    fail(`expected JSON, found ${messageOf(cause)}`, cause);
  }
  if (!isObject(found)) return fail(`expected {…}, found ${show(found)}`);
  const settings = found;
  const flag = <Missing>(name: string, missing: Missing): boolean | Missing => {
    const value = settings[name] ?? missing;
    if (typeof value === "boolean" || value === missing) return value as boolean | Missing;
    return fail(`expected true or false as "${name}", found ${show(value)}`);
  };
  const token = (name: keyof SpecialTokens): string => {
    const value = settings[`${name}_token`] ?? SPECIAL[name];
    const content = isObject(value) ? value.content : value;
    return typeof content === "string"
      ? content
      : fail(`expected a text as "${name}_token", found ${show(value)}`);
  };
  const { tokenizer_class: kind, never_split: whole } = settings;
  if (typeof kind === "string" && !BERT.test(kind)) {
    fail(`expected a BERT tokenizer beside vocab.txt, found ${show(kind)}; save its tokenizer.json as well`);
  }
  if (Array.isArray(whole) && whole.length > 0) {
    fail('"never_split" is not supported; save a tokenizer.json, in which such words are added tokens');
  }
  if (flag("do_basic_tokenize", true) === false) {
    fail('"do_basic_tokenize": false is not supported; save a tokenizer.json');
  }
  return {
    lowercase: flag("do_lower_case", true),
    stripAccents: flag("strip_accents", null),
    separateChinese: flag("tokenize_chinese_chars", true),
    special: {
      ...{ pad: token("pad"), unk: token("unk"), cls: token("cls"), sep: token("sep"), mask: token("mask") },
    },
  };
}
