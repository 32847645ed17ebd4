/** How a text is changed before it is split into words: the normalizers of `tokenizer.json`. */
import { isObject, show } from "../base/json.ts";
import { type Form, normalized } from "../base/unicode.ts";

/** Changes a text. */
export interface Normalizer {
  /** The changed text. */
  readonly apply: (text: string) => string;
  /** Whether a text cut before a space gives the same in two parts. */
  readonly isLocal: boolean;
}

/** The settings of {@link bertNormalizer}, as `tokenizer.json` names them. */
export interface BertNormalizerOptions {
  /** Whether control characters go, and every white space becomes a space. Default: true. */
  readonly clean_text?: boolean;
  /** Whether each CJK ideograph is a word of its own. Default: true. */
  readonly handle_chinese_chars?: boolean;
  /** Whether letters lose their accents. Default: as `lowercase`. */
  readonly strip_accents?: boolean | null;
  /** Whether letters lose their case. Default: true. */
  readonly lowercase?: boolean;
}

/** Characters that are taken out; tabs and ends of lines are white space. */
const UNCLEAN = /(?![\t\n\r])[\0\ufffd\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu;

const WHITE = /\p{White_Space}/gu;

/** `is_chinese_char` in tokenizers/src/normalizers/bert.rs. */
const IDEOGRAPH =
  /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{2a6df}\u{2a700}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;

/** Marks that stand on the letter before them. */
const ACCENTS = /\p{Mn}+/gu;

const withoutAccents = (text: string): string => text.replace(ACCENTS, "");

/** Each letter by itself: a final sigma is like any other. */
const lowerCased = (text: string): string => text.replaceAll("Σ", "σ").toLowerCase();

/**
 * The normalizer of BERT, as the Rust tokenizers behind transformers have it. What differs are about 600 characters
 * whose kind Unicode changed after version 8.
 */
export function bertNormalizer(options: BertNormalizerOptions): (text: string) => string {
  const { clean_text = true, handle_chinese_chars = true, lowercase = true } = options;
  const strip = options.strip_accents ?? lowercase;
  return (text) => {
    let changed = text;
    if (clean_text) changed = changed.replace(UNCLEAN, "").replace(WHITE, " ");
    if (handle_chinese_chars) changed = changed.replace(IDEOGRAPH, " $& ");
    if (strip) changed = withoutAccents(normalized(changed, "NFD"));
    return lowercase ? lowerCased(changed) : changed;
  };
}

/** Refuses a setting that is not supported. */
export type Fail = (expected: string, found: unknown) => never;

const local = (apply: (text: string) => string): Normalizer => ({ apply, isLocal: true });

const ofForm = (form: Form): Normalizer => local((text) => normalized(text, form));

function strip({ strip_left = true, strip_right = true }: { strip_left?: unknown; strip_right?: unknown }) {
  const sides = [
    strip_left ? ["^\\p{White_Space}+"] : [],
    strip_right ? ["(?<!\\p{White_Space})\\p{White_Space}+$"] : [],
  ];
  const pattern = new RegExp(sides.flat().join("|") || "(?!)", "gu");
  return { apply: (text: string) => text.replace(pattern, ""), isLocal: false };
}

/** The normalizer that `tokenizer.json` describes. */
export function normalizerOf(value: unknown, fail: Fail): Normalizer {
  if (value === null || value === undefined) return local((text) => text);
  const { type, normalizers } = isObject(value) ? value : {};
  switch (type) {
    case "BertNormalizer":
      return local(bertNormalizer(value as BertNormalizerOptions));
    case "NFC":
    case "NFD":
    case "NFKC":
    case "NFKD":
      return ofForm(type);
    case "Lowercase":
      return local(lowerCased);
    case "StripAccents":
      return local(withoutAccents);
    case "Strip":
      return strip(value as Record<string, unknown>);
    case "Sequence": {
      if (!Array.isArray(normalizers)) return fail("a list of normalizers in a Sequence", normalizers);
      const each = normalizers.map((one) => normalizerOf(one, fail));
      return {
        apply: (text) => each.reduce((changed, { apply }) => apply(changed), text),
        isLocal: each.every(({ isLocal }) => isLocal),
      };
    }
  }
  return fail(
    "a normalizer of BertNormalizer, NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Strip, Sequence",
    type ?? show(value),
  );
}
