/** Where the cache of pictures keeps each: one slot an example, in a file of its own, so that a cut leaves all others. */
import { crc32 } from "node:zlib";
import { bytesAt } from "./read.ts";
import type { Picture } from "./picture.ts";

/** A picture as RGB, or the file of one. */
export interface Kept {
  readonly width: number;
  readonly height: number;
  /** As in `Picture`; the size itself where nothing was reduced. */
  readonly reducedFrom: { readonly width: number; readonly height: number };
  /** RGB bytes; the encoded file where both sides are 0. */
  readonly data: Uint8Array;
}

/**
 * Numbers of a slot: offset, bytes, width, height, width and height before, CRC-32 of the picture and these numbers.
 * Without bytes it is empty.
 */
const FIELDS = 8;

/** Bytes of a slot. */
export const SLOT = FIELDS * Float64Array.BYTES_PER_ELEMENT;

/** Slots by example. */
export type Slots = Float64Array;

/** No slot is filled. */
export const noSlots = (examples: number): Slots => new Float64Array(examples * FIELDS);

/** The slots of a file; those whose pictures lie beyond `end` are empty. */
export function slotsIn(bytes: Uint8Array, examples: number, end: number): Slots {
  const slots = noSlots(examples);
  new Uint8Array(slots.buffer).set(bytes.subarray(0, slots.byteLength));
  for (let at = 0; at < slots.length; at += FIELDS) {
    if (slots[at] + slots[at + 1] > end) slots.fill(0, at, at + FIELDS);
  }
  return slots;
}

/** The numbers of an example's slot; a view. */
export const slotOf = (slots: Slots, example: number): Slots =>
  slots.subarray(example * FIELDS, (example + 1) * FIELDS);

/** Whether a picture was kept for the example. */
export const isFilled = (slots: Slots, example: number): boolean => slots[example * FIELDS + 1] > 0;

const sumOf = (numbers: readonly number[], data: Uint8Array): number =>
  crc32(new Uint8Array(Float64Array.from(numbers).buffer), crc32(data));

/** The slot of a picture that lies at `offset`. */
export function slotFor({ width, height, reducedFrom, data }: Kept, offset: number): number[] {
  const numbers = [offset, data.length, width, height, reducedFrom.width, reducedFrom.height];
  return [...numbers, sumOf(numbers, data)];
}

/** What a slot says is kept; undefined where the file has something else. */
export function keptAt(file: Deno.FsFile, slot: Slots): Kept | undefined {
  const [offset, bytes, width, height, fullWidth, fullHeight, sum] = slot;
  const reducedFrom = { width: fullWidth, height: fullHeight };
  const isPlace = [offset, bytes].every(Number.isSafeInteger) && offset >= 0 &&
    offset + bytes <= file.statSync().size;
  if (!isPlace) return undefined;
  const data = bytesAt(file, offset, bytes);
  return sumOf([...slot.subarray(0, 6)], data) === sum ? { width, height, reducedFrom, data } : undefined;
}

/** A picture as it is kept. */
export const keptOf = ({ width, height, data, reducedFrom = { width, height } }: Picture): Kept => ({
  ...{ width, height, data, reducedFrom },
});

/** A file as it is kept. */
export const keptFile = (data: Uint8Array): Kept => ({
  ...{ width: 0, height: 0, data, reducedFrom: { width: 0, height: 0 } },
});
