/**
 * TFRecord files: each record framed by its length and masked checksums.
 * Source: https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
 */
import { crc32c } from "./crc32c.ts";

/** Bytes of the length and its checksum, and of the record's checksum. */
const [HEAD, TAIL] = [12, 4];

const masked = (bytes: Uint8Array): number => {
  const sum = crc32c(bytes);
  return ((sum >>> 15 | sum << 17) + 0xa282ead8) >>> 0;
};

/** A record in its frame. */
export function frame(record: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(HEAD + record.length + TAIL), view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(record.length), true);
  view.setUint32(8, masked(out.subarray(0, 8)), true);
  out.set(record, HEAD);
  view.setUint32(HEAD + record.length, masked(record), true);
  return out;
}

/** The records of a file up to the first that is not as it was written, such as one that a kill cut short. */
export function* recordsIn(file: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  let at = 0;
  while (at + HEAD + TAIL <= file.length) {
    const start = at + HEAD, end = start + Number(view.getBigUint64(at, true));
    if (masked(file.subarray(at, at + 8)) !== view.getUint32(at + 8, true) || end + TAIL > file.length) {
      return;
    }
    const record = file.subarray(start, end);
    if (masked(record) !== view.getUint32(end, true)) return;
    yield record;
    at = end + TAIL;
  }
}
