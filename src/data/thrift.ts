/** What parquet's headers are written in, looked through before hyparquet makes objects of it. */
import type { DataReader } from "hyparquet";

/** Structs within structs; parquet has a handful. */
const DEEPEST = 32;

/** Bytes of the longest number: 64 bits, seven in a byte. */
const LONGEST_NUMBER = 10;

/** An unsigned number. */
function number(reader: DataReader): number {
  let value = 0;
  for (let i = 0; i < LONGEST_NUMBER; i++) {
    const byte = reader.view.getUint8(reader.offset++);
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return value;
  }
  throw new Error(`a number has more than ${LONGEST_NUMBER} bytes`);
}

/** How many bytes or items follow. */
function count(reader: DataReader, size: number = number(reader)): number {
  if (size <= reader.view.byteLength - reader.offset) return size;
  throw new Error(`it names ${size} bytes or items, which are not there`);
}

/** Goes behind a value; types are those of the protocol, in which an item of a list of booleans takes a byte. */
function skip(reader: DataReader, type: number, depth: number): void {
  if (type === 1 || type === 2) return;
  else if (type === 3) reader.offset++;
  else if (type >= 4 && type <= 6) number(reader);
  else if (type === 7) reader.offset += 8;
  else if (type === 8) {
    const length = count(reader);
    reader.offset += length;
  } else if (type === 9) {
    const byte = reader.view.getUint8(reader.offset++), size = byte >> 4;
    const item = (byte & 15) <= 2 ? 3 : byte & 15;
    for (let left = size === 15 ? count(reader) : size; left > 0; left--) skip(reader, item, depth);
  } else if (type === 12) checkStruct(reader, depth + 1);
  else throw new Error(`it has values of the unknown type ${type}`);
}

/**
 * Goes behind a struct of Thrift's compact protocol. What takes no space and would become large is an Error: numbers of any
 * length, lists longer than the bytes that are left, structs in structs without end.
 */
export function checkStruct(reader: DataReader, depth = 0): void {
  if (depth > DEEPEST) throw new Error(`it has structs in more than ${DEEPEST} others`);
  for (;;) {
    const byte = reader.view.getUint8(reader.offset++);
    if (byte === 0) return;
    if (byte >> 4 === 0) number(reader); // the number of the field
    skip(reader, byte & 15, depth);
  }
}
