/**
 * What a parquet file may ask for: its headers and runs say how many values and bytes they become, and a small file can
 * name any number.
 */
import type { DataReader, DecodedArray } from "hyparquet";
import { deltaBinaryUnpack } from "hyparquet/src/delta.js";
import { readVarInt } from "hyparquet/src/thrift.js";

/** A file that is not broken and cannot be read: its message has the reason and the way out. */
export class Unreadable extends Error {}

/** Values of a row group in memory, each item of a list one: with the objects of their rows about 2 GB. */
const MOST_VALUES = 2 ** 22;

/** Values that a row group may name; those that are left out in the end take no more than time. */
const MOST_NAMED = 2 ** 25;

/** Values of a page. */
const MOST_IN_PAGE = 2 ** 24;

/** Items of a row's list; those behind them are left out. A list of so many is too long, as {@link isCut} says. */
export const MOST_ITEMS = 2 ** 16;

/** Bytes that the pages of a row group may become beyond what they are in the file. */
const MOST_INFLATED = 2 ** 29;

const smaller = "write it again with smaller row groups, such as row_group_size=1000";

/** Whether a value is a list that was too long and has lost items. */
export const isCut = (value: unknown): boolean => Array.isArray(value) && value.length >= MOST_ITEMS;

/** Refuses columns that name more values than a row group may have. */
export function demandFewValues(values: bigint): void {
  if (values <= MOST_NAMED) return;
  throw new Unreadable(`expected at most ${MOST_NAMED} values in a row group, found ${values}; ${smaller}`);
}

/** What the columns of a row group that are read together may still take. */
export interface Budget {
  /** Bytes that pages grow by. */
  bytes: number;
  /** Values in memory. */
  values: number;
}

/** The budget of a row group. */
export const wholeBudget = (): Budget => ({ bytes: MOST_INFLATED, values: MOST_VALUES });

/** Takes bytes that a page grows by out of the budget. */
export function spendBytes(budget: Budget, bytes: number): void {
  if ((budget.bytes -= Math.max(0, bytes)) >= 0) return;
  throw new Unreadable(
    `expected pages that grow by at most ${MOST_INFLATED} bytes in a row group, found more; ${smaller}`,
  );
}

/** Takes values that come into memory out of the budget. */
function spendValues(budget: Budget, values: number): void {
  if ((budget.values -= values) >= 0) return;
  throw new Unreadable(`expected at most ${MOST_VALUES} values in a row group, found more; ${smaller}`);
}

/** Refuses a page of more values than can be looked through, or a dictionary of more entries. */
export function demandSmallPage(values: number): void {
  if (values <= MOST_IN_PAGE) return;
  throw new Unreadable(`expected at most ${MOST_IN_PAGE} values in a page, found ${values}; ${smaller}`);
}

/** Bits of a level. */
export const widthOf = (most: number): number => 32 - Math.clz32(most);

/** Throws where runs of `width` bits have more than `count` values, of which nulls are none: hyparquet would make room for them. */
export function checkRuns(reader: DataReader, width: number, count: number): void {
  for (let seen = 0; seen < count && reader.offset < reader.view.byteLength;) {
    const run = readVarInt(reader);
    const isPacked = (run & 1) === 1, values = isPacked ? (run >> 1) * 8 : run >>> 1;
    reader.offset += isPacked ? (run >> 1) * width : (width + 7) >> 3;
    seen += values;
    // Packed values come in eights, and those of some width are bounded by the bytes they take.
    if (values <= 0 || (isPacked ? width === 0 && seen > count + 7 : seen > count)) {
      throw new Error(`a run goes beyond its ${count} values`);
    }
  }
}

/** As {@link checkRuns}, of runs behind their length. */
export function checkMeasuredRuns(reader: DataReader, width: number, count: number): void {
  const end = reader.offset + 4 + reader.view.getUint32(reader.offset, true);
  reader.offset += 4;
  checkRuns(reader, width, count);
  reader.offset = end;
}

/**
 * Throws where values of an encoding become more than `count`, or more bytes than may be. Texts without compression take
 * memory each, where indices of a dictionary do not.
 */
export function checkValues(
  reader: DataReader,
  { encoding, type, count }: { readonly encoding: string; readonly type: string; readonly count: number },
  budget: Budget,
): void {
  if (encoding === "RLE" && type === "BOOLEAN") checkMeasuredRuns(reader, 1, count);
  else if (encoding === "RLE" || encoding.endsWith("_DICTIONARY")) {
    const width = reader.view.getUint8(reader.offset++);
    if (width > 0) checkRuns(reader, width, count);
  } else if (count > MOST_VALUES) spendValues(budget, count);
  else if (encoding === "DELTA_BYTE_ARRAY") {
    const prefixes = new Int32Array(count);
    deltaBinaryUnpack(reader, count, prefixes);
    spendBytes(budget, prefixes.reduce((sum, length) => sum + Math.max(0, length), 0));
  }
}

/** The levels and values of a page. */
export interface Levels {
  /** Empty where no value is null. */
  readonly definition: number[];
  /** Empty where there is no list. */
  readonly repetition: number[];
  /** Those that are not null. */
  readonly values: DecodedArray;
}

/**
 * The page without the items of a row behind the first {@link MOST_ITEMS}; `before` is how many its first row has from the
 * pages before. Gives the number of items of its last row, too.
 */
export function cutRows(
  { definition, repetition, values }: Levels,
  most: number,
  before: number,
  budget: Budget,
): Levels & { readonly items: number } {
  let items = before, kept = 0, value = 0;
  const isKept = new Uint8Array(repetition.length);
  for (let i = 0; i < repetition.length; i++) {
    items = repetition[i] === 0 ? 1 : items + 1;
    if (items > MOST_ITEMS) continue;
    isKept[i] = 1;
    kept++;
  }
  spendValues(budget, repetition.length === 0 ? definition.length || values.length : kept);
  if (kept === repetition.length) return { definition, repetition, values, items };
  const isValue = Uint8Array.from(
    isKept,
    (_, i) => definition.length === 0 || definition[i] === most ? 1 : 0,
  );
  const left = Array.from(values).filter(() => {
    while (isValue[value] === 0) value++;
    return isKept[value++] === 1;
  });
  return {
    definition: definition.filter((_, i) => isKept[i] === 1),
    repetition: repetition.filter((_, i) => isKept[i] === 1),
    values: left,
    items,
  };
}
