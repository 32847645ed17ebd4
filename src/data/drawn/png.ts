/** Writes PNG files (ISO/IEC 15948): 8 bits, RGB, no filters. */
import { crc32 } from "node:zlib";
import { deflateSync } from "node:zlib";
import type { Canvas } from "./canvas.ts";

function chunk(kind: string, content: Uint8Array): Uint8Array {
  const out = new Uint8Array(content.length + 12);
  const view = new DataView(out.buffer);
  view.setUint32(0, content.length);
  out.set(new TextEncoder().encode(kind), 4);
  out.set(content, 8);
  view.setUint32(out.length - 4, crc32(out.subarray(4, -4)));
  return out;
}

/** The canvas as a PNG file. */
export function encodePng({ width, height, data }: Canvas): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, 2], 8); // bits a sample; RGB
  const stride = width * 3;
  const rows = new Uint8Array(height * (stride + 1)); // each behind its filter, 0: none
  for (let y = 0; y < height; y++) {
    rows.set(data.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
  }
  const chunks = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", new Uint8Array()),
  ];
  return new Uint8Array(chunks.flatMap((bytes) => [...bytes]));
}
