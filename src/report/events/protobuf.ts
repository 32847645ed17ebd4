/** As much of Protocol Buffers' wire format as events need: https://protobuf.dev/programming-guides/encoding/ */

/** Number and content of a field: bytes stand for texts and messages, too. */
export type Field = readonly [number: number, content: Uint8Array];

const utf8 = new TextEncoder();

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push(value % 128 | 128);
  return [...bytes, value];
}

const joined = (parts: readonly (Uint8Array | readonly number[])[]): Uint8Array => {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
};

const numbered = (field: number, wire: 0 | 1 | 2 | 5, rest: readonly (Uint8Array | readonly number[])[]) =>
  joined([varint(field << 3 | wire), ...rest]);

const little = (bytes: 4 | 8, value: number): Uint8Array => {
  const view = new DataView(new ArrayBuffer(bytes));
  if (bytes === 4) view.setFloat32(0, value, true);
  else view.setFloat64(0, value, true);
  return new Uint8Array(view.buffer);
};

/** A whole number of at least 0. */
export const int = (field: number, value: number): Uint8Array => numbered(field, 0, [varint(value)]);
/** Eight bytes. */
export const double = (field: number, value: number): Uint8Array => numbered(field, 1, [little(8, value)]);
/** Four bytes. */
export const float = (field: number, value: number): Uint8Array => numbered(field, 5, [little(4, value)]);
/** Bytes as they are. */
export const bytes = (field: number, value: Uint8Array): Uint8Array =>
  numbered(field, 2, [varint(value.length), value]);
/** Text in UTF-8. */
export const text = (field: number, value: string): Uint8Array => bytes(field, utf8.encode(value));
/** A message of these fields; without a number, the outermost. */
export const message = (...fields: readonly Uint8Array[]): Uint8Array => joined(fields);

/** The number that starts at `at`, and where it ends. */
function readVarint(from: Uint8Array, at: number): [value: number, end: number] {
  let value = 0, scale = 1;
  for (;; at++, scale *= 128) {
    value += (from[at] & 127) * scale;
    if (!(from[at] & 128)) return [value, at + 1];
  }
}

/** The fields of a message, by number, in order; a whole number as its varint was written. */
export function fieldsOf(from: Uint8Array): Map<number, Uint8Array[]> {
  const fields = new Map<number, Uint8Array[]>();
  for (let at = 0; at < from.length;) {
    const [key, start] = readVarint(from, at), wire = key & 7;
    const [length, first] = wire === 2 ? readVarint(from, start) : [wire === 1 ? 8 : 4, start];
    const end = wire === 0 ? readVarint(from, start)[1] : first + length;
    const number = Math.floor(key / 8);
    fields.set(number, [...fields.get(number) ?? [], from.subarray(first, end)]);
    at = end;
  }
  return fields;
}

/** The whole number of a field's content. */
export const intOf = (content: Uint8Array): number => readVarint(content, 0)[0];
