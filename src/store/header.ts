/**
 * The header of a safetensors file: 8 bytes of length, then JSON that names every tensor's type, shape and place.
 * Format: https://github.com/huggingface/safetensors#format
 */
import { messageOf, OnesheetError } from "../base/errors.ts";
import { decodeUtf8, isCount, isObject, parseJson, show } from "../base/json.ts";
import { isShape, sizeOf } from "../base/value.ts";
import { dtypes, isDtype } from "./dtype.ts";

/** Where a tensor lies and what it holds. */
export interface TensorEntry {
  /** The type its numbers have in the file; one that is not of `dtypes` cannot be read. */
  readonly dtype: string;
  /** Sizes of its axes; empty for a scalar. */
  readonly shape: readonly number[];
  /** First byte and the one after the last, counted from the end of the header. */
  readonly offsets: readonly [begin: number, end: number];
}

/** What a file says about itself. */
export interface Header {
  /** By name, in the order of the header. */
  readonly entries: ReadonlyMap<string, TensorEntry>;
  /** Texts by name, such as `format: pt`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Longest header accepted, in bytes: room for 150,000 tensors. The reference implementation's bound is 100,000,000,
 * which could take JavaScript more memory than it has.
 */
export const longestHeader = 16 * 2 ** 20;

/** Levels of a header's JSON: all tensors, one tensor, its shape. */
const LEVELS = 3;

/** Most characters of a name. */
const LONGEST_NAME = 512;

/** One tensor's entry, or a reason why it is none. */
function parseEntry(found: unknown): TensorEntry | string {
  if (!isObject(found)) return `expected {dtype, shape, data_offsets}, found ${show(found)}`;
  const { dtype, shape, data_offsets: offsets } = found;
  if (typeof dtype !== "string" || !/^[A-Z][A-Z0-9_]{1,15}$/.test(dtype)) {
    return `expected a dtype such as F32, found ${show(dtype)}`;
  }
  if (!Array.isArray(shape) || !isShape(shape)) {
    return `expected a shape of whole numbers, found ${show(shape)}`;
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    return `expected data_offsets of two whole numbers, found ${show(offsets)}`;
  }
  const [begin, end] = offsets;
  // Of a type that is not known only the place counts: the model may have no use for it.
  const bytes = isDtype(dtype) ? sizeOf(shape) * dtypes[dtype].bytes : Math.max(0, end - begin);
  return end - begin === bytes
    ? { dtype, shape, offsets: [begin, end] }
    : `expected ${bytes} bytes for ${dtype} [${shape.join(", ")}], found bytes ${begin} to ${end}`;
}

/** Why the entries do not cover `dataBytes` once and without a hole, as the format asks; undefined when they do. */
function coverage(entries: ReadonlyMap<string, TensorEntry>, dataBytes: number): string | undefined {
  const inOrder = [...entries].sort(([, { offsets: a }], [, { offsets: b }]) => a[0] - b[0] || a[1] - b[1]);
  let covered = 0;
  for (const [name, { offsets: [begin, end] }] of inOrder) {
    if (begin !== covered) {
      return `expected tensor ${show(name)} at byte ${covered}, where the one before ends, found ${begin}`;
    }
    covered = end;
  }
  if (covered > dataBytes) {
    return `expected ${covered} bytes of tensors, found ${dataBytes}: the file is cut off; remove it, and fetch or save it again`;
  }
  return covered < dataBytes ? `expected ${covered} bytes of tensors, found ${dataBytes}` : undefined;
}

/**
 * Reads a header's JSON and checks it against the `dataBytes` that follow it in the file.
 * Any mistake is a OnesheetError that names the file and the tensor.
 */
export function parseHeader(bytes: Uint8Array, dataBytes: number, path: string): Header {
  const fail = (reason: string, cause?: unknown): never => {
    throw new OnesheetError(`Cannot read "${path}": ${reason}`, { cause });
  };
  let text = "", json: unknown;
  try {
    text = decodeUtf8(bytes);
    json = parseJson(text, LEVELS);
  } catch (error) {
    fail(messageOf(error), error);
  }
  if (!isObject(json) || text[0] !== "{") {
    return fail("expected a header of the form {…}, found other JSON");
  }

  const { __metadata__: metadata = {}, ...tensors } = json;
  if (!isObject(metadata)) return fail(`expected __metadata__ of the form {…}, found ${show(metadata)}`);
  for (const [name, text] of Object.entries(metadata)) {
    if (typeof text !== "string") {
      fail(`expected a text for ${show(name)} in __metadata__, found ${show(text)}`);
    }
  }
  const entries = new Map<string, TensorEntry>();
  for (const [name, found] of Object.entries(tensors)) {
    if (name.length > LONGEST_NAME || /\p{C}/u.test(name)) {
      fail(`expected names of at most ${LONGEST_NAME} printable characters, found ${show(name)}`);
    }
    const entry = parseEntry(found);
    if (typeof entry === "string") return fail(`tensor ${show(name)}: ${entry}`);
    entries.set(name, entry);
  }
  const gap = coverage(entries, dataBytes);
  if (gap !== undefined) fail(gap);
  return { entries, metadata: metadata as Record<string, string> };
}

/** The bytes of a header, its length first, padded with spaces so that the tensors begin at a multiple of 8. */
export function formatHeader({ entries, metadata }: Header): Uint8Array {
  // An object would put names such as "10" first.
  const field = ([name, value]: readonly [string, unknown]) =>
    `${JSON.stringify(name)}:${JSON.stringify(value)}`;
  const tensors = Array.from(
    entries,
    ([name, { dtype, shape, offsets }]) => field([name, { dtype, shape, data_offsets: offsets }]),
  );
  const about = Object.keys(metadata).length > 0 ? [field(["__metadata__", metadata])] : [];
  const text = new TextEncoder().encode(`{${[...about, ...tensors].join(",")}}`);
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, 8);
  return bytes;
}
