/** What can be a label, and the labels of rows: each once, in Unicode's composed form. */
import { listed, OnesheetError } from "../base/errors.ts";
import { show } from "../base/json.ts";
import { normalized } from "../base/unicode.ts";
import { labelsOf } from "./messages.ts";

/** Longest label, in characters: what is longer comes from another column. */
const LONGEST = 1000;

/** Rows whose labels an error names. */
const NAMED = 5;

/** Ends of lines, other control characters and halves of characters. */
const UNWRITABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

const pointOf = (character: string): string =>
  `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;

/** What keeps a text from being a label; undefined where it can be one. Joiners and other format characters can be in it. */
export function labelFault(label: string): string | undefined {
  if (label.replaceAll(/[\s\p{Cf}]/gu, "") === "") return `expected a label, found ${show(label)}`;
  if (label.length > LONGEST) {
    return `expected a label of at most ${LONGEST} characters, found ${label.length}: ${show(label)}`;
  }
  const character = UNWRITABLE.exec(label)?.[0];
  if (character !== undefined) {
    return `expected a label in one line, found the character ${pointOf(character)} in ${show(label)}`;
  }
}

/** What keeps a value from being the labels of a data set; undefined where it is: labels, each once. */
export function labelsFault(value: unknown): string | undefined {
  if (!Array.isArray(value) || !value.every((label) => typeof label === "string")) {
    return `expected a list of labels, found ${show(value)}`;
  }
  const fault = value.map(labelFault).find((fault) => fault !== undefined);
  if (fault !== undefined) return fault;
  const seen = new Set<string>();
  const twice = value.find((label) => seen.size === seen.add(label).size);
  return twice === undefined ? undefined : `expected every label once, found ${show(twice)} twice`;
}

/** The labels of a data set. */
export interface LabelSets {
  /** Every label once, sorted. */
  readonly labels: readonly string[];
  /** Those of each set. */
  readonly sets: readonly (readonly string[])[];
  /** What a person should know of them. */
  readonly notes: readonly string[];
}

/**
 * The labels of sets as they are written in data: trimmed, in Unicode's composed form (NFC), each once in a set; `place`
 * says where a set stands, such as `line 7`.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { labelSets } from "./labels.ts";
 * const { labels, sets } = labelSets([["war", " war "], ["e\u0301", "\u00e9", ""]], (at) => `row ${at}`);
 * assertEquals(labels, ["war", "\u00e9"]);
 * assertEquals(sets, [["war"], ["\u00e9"]]);
 * ```
 *
 * Errors: what cannot be a label, by its place.
 */
export function labelSets(
  written: readonly (readonly string[])[],
  place: (set: number) => string,
): LabelSets {
  const spellings = new Map<string, Set<string>>();
  const faults: string[] = [];
  const sets = written.map((labels, at) => {
    const found = labels.map((label) => label.trim()).filter((label) => label !== "");
    const fault = found.map(labelFault).find((fault) => fault !== undefined);
    if (fault !== undefined) {
      faults.push(`${place(at)}: ${fault}`);
      return [];
    }
    return [
      ...new Set(found.map((label) => {
        const composed = normalized(label, "NFC");
        spellings.set(composed, (spellings.get(composed) ?? new Set()).add(label));
        return composed;
      })),
    ];
  });
  if (faults.length > 0) {
    const more = faults.length > NAMED ? `; and ${faults.length - NAMED} more` : "";
    throw new OnesheetError(
      `Cannot use the labels: ${
        faults.slice(0, NAMED).join("; ")
      }${more}; correct them, or name the column of ` +
        "labels and what separates them",
    );
  }
  const merged = [...spellings].flatMap(([label, { size }]) => size > 1 ? [label] : []);
  const notes = merged.length === 0 ? [] : [
    `${merged.length} label${
      merged.length === 1 ? " is" : "s are"
    } spelled with composed and with separate accents, ` +
    `counted as one each: ${listed(merged)}`,
  ];
  return { labels: labelsOf(sets), sets, notes };
}
