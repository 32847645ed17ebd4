/** Writes small zip archives. Source: PKWARE, APPNOTE.TXT 6.3.10, section 4.3. */
import { crc32, deflateRawSync } from "node:zlib";

/** A file to put into an archive. */
export interface Member {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly deflate?: boolean;
  /** Unix permissions. */
  readonly mode?: number;
}

/** Little-endian numbers of the given widths in bytes. */
function record(...fields: readonly (readonly [width: 2 | 4 | 8, value: number])[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(fields.reduce((n, [width]) => n + width, 0)));
  let at = 0;
  for (const [width, value] of fields) {
    if (width === 2) view.setUint16(at, value, true);
    if (width === 4) view.setUint32(at, value, true);
    if (width === 8) view.setBigUint64(at, BigInt(value), true);
    at += width;
  }
  return new Uint8Array(view.buffer);
}

const lengthOf = (parts: readonly Uint8Array[]) => parts.reduce((n, part) => n + part.length, 0);

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(lengthOf(parts));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** An archive of the members; with `zip64`, every size and offset is in the long form. */
export function zip(members: readonly Member[], { zip64 = false } = {}): Uint8Array<ArrayBuffer> {
  const [parts, headers]: [Uint8Array[], Uint8Array[]] = [[], []];
  for (const { name, bytes, deflate = false, mode = 0 } of members) {
    const title = new TextEncoder().encode(name);
    const packed = deflate ? new Uint8Array(deflateRawSync(bytes)) : bytes;
    const [offset, method, crc] = [lengthOf(parts), deflate ? 8 : 0, crc32(bytes)];
    // The local header has an extra field that the central one lacks, as archives often do.
    const local = record([2, 0x7777], [2, 3], [2, 0], [2, 0]).subarray(0, 7);
    parts.push(
      record([4, 0x04034b50], [2, 20], [2, 0], [2, method], [4, 0], [4, crc]),
      record([4, packed.length], [4, bytes.length], [2, title.length], [2, local.length]),
      title,
      local,
      packed,
    );
    const long = record([2, 1], [2, 24], [8, bytes.length], [8, packed.length], [8, offset]);
    const extra = zip64 ? joined([record([2, 0x7777], [2, 2], [2, 9]), long]) : new Uint8Array();
    const short = (value: number) => zip64 ? 0xffffffff : value;
    headers.push(
      record([4, 0x02014b50], [2, 20], [2, 20], [2, 0], [2, method], [4, 0], [4, crc], [
        4,
        short(packed.length),
      ]),
      record([4, short(bytes.length)], [2, title.length], [2, extra.length], [2, 0], [2, 0], [2, 0]),
      record([4, mode * 0x10000]),
      record([4, short(offset)]),
      title,
      extra,
    );
  }
  const [offset, length, count] = [lengthOf(parts), lengthOf(headers), members.length];
  parts.push(...headers);
  if (zip64) {
    const end = offset + length;
    parts.push(
      record([4, 0x06064b50], [8, 44], [2, 45], [2, 45], [4, 0], [4, 0], [8, count], [8, count], [8, length]),
      record([8, offset]),
      record([4, 0x07064b50], [4, 0], [8, end], [4, 1]),
    );
  }
  const [shownLength, shownOffset] = zip64 ? [0xffffffff, 0xffffffff] : [length, offset];
  parts.push(record([4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, shownLength]));
  const comment = new TextEncoder().encode("made by a test");
  parts.push(record([4, shownOffset], [2, comment.length]), comment);
  return joined(parts);
}
