/**
 * Writes baseline JPEG files (ITU-T T.81): no subsampling, one quantization table. The Huffman codes all have the same
 * length, which costs a fifth of the size and needs no tables. imagescript's encoder is a native addon.
 */
import type { Picture } from "../picture.ts";

/** Position in a block, row by row, of the k-th coefficient in zigzag order. */
const ZIGZAG: readonly number[] = Array.from({ length: 64 }, (_, i) => i).sort((a, b) => {
  const diagonal = (i: number) => (i >> 3) + (i & 7);
  const down = (i: number) => (diagonal(i) % 2 === 0 ? -1 : 1) * (i >> 3);
  return diagonal(a) - diagonal(b) || down(a) - down(b);
});

/** Cosine basis: `BASIS[u * 8 + x]`. */
const BASIS = Float64Array.from({ length: 64 }, (_, i) => {
  const [u, x] = [i >> 3, i & 7];
  return (u === 0 ? Math.SQRT1_2 : 1) / 2 * Math.cos((2 * x + 1) * u * Math.PI / 16);
});

/** Steps for coefficients, row by row: coarser for finer detail. */
const STEPS = Uint8Array.from({ length: 64 }, (_, i) => 3 + 2 * ((i >> 3) + (i & 7)));

/** Symbols whose Huffman codes are their positions: bits of a DC difference; (zeros before, bits) of an AC value. */
const DC_SYMBOLS = Uint8Array.from({ length: 12 }, (_, i) => i);
const AC_SYMBOLS = Uint8Array.from({ length: 16 * 11 }, (_, i) => Math.floor(i / 11) << 4 | i % 11);
const [DC_BITS, AC_BITS] = [4, 8];

/** Coefficients of an 8x8 block by the discrete cosine transform, divided by their steps. */
function transformed(block: Float64Array): Int32Array {
  const rows = new Float64Array(64);
  for (let y = 0; y < 8; y++) {
    for (let u = 0; u < 8; u++) {
      let sum = 0;
      for (let x = 0; x < 8; x++) sum += block[y * 8 + x] * BASIS[u * 8 + x];
      rows[y * 8 + u] = sum;
    }
  }
  return Int32Array.from({ length: 64 }, (_, i) => {
    const [v, u] = [i >> 3, i & 7];
    let sum = 0;
    for (let y = 0; y < 8; y++) sum += rows[y * 8 + u] * BASIS[v * 8 + y];
    return Math.round(sum / STEPS[i]);
  });
}

/** A writer of bits, the highest first; a byte 0xff is followed by a zero. */
function bitWriter() {
  const bytes: number[] = [];
  let [held, count] = [0, 0];
  const put = (value: number, bits: number): void => {
    for (let i = bits - 1; i >= 0; i--) {
      held = held << 1 | (value >> i & 1);
      if (++count < 8) continue;
      bytes.push(held);
      if (held === 0xff) bytes.push(0);
      [held, count] = [0, 0];
    }
  };
  return { bytes, put, fill: () => put(0x7f, (8 - count) % 8) };
}

/** Writes the blocks of a channel one at a time; a DC value as its difference from the one before. */
function blockWriter(put: (value: number, bits: number) => void): (coefficients: Int32Array) => void {
  let before = 0;
  const bitsOf = (value: number) => 32 - Math.clz32(Math.abs(value));
  const putValue = (value: number, bits: number) => put(value < 0 ? value + (1 << bits) - 1 : value, bits);
  return (coefficients) => {
    const difference = coefficients[0] - before;
    before = coefficients[0];
    put(bitsOf(difference), DC_BITS);
    putValue(difference, bitsOf(difference));
    let zeros = 0;
    for (let k = 1; k < 64; k++) {
      const value = coefficients[ZIGZAG[k]];
      if (value === 0) {
        zeros++;
        continue;
      }
      for (; zeros > 15; zeros -= 16) put(15 * 11, AC_BITS); // sixteen zeros
      put(zeros * 11 + bitsOf(value), AC_BITS);
      putValue(value, bitsOf(value));
      zeros = 0;
    }
    if (zeros > 0) put(0, AC_BITS); // only zeros from here on
  };
}

/** Y, Cb and Cr (ITU-T T.871) about 0. */
const CHANNELS = [
  (r: number, g: number, b: number) => 0.299 * r + 0.587 * g + 0.114 * b - 128,
  (r: number, g: number, b: number) => -0.168736 * r - 0.331264 * g + 0.5 * b,
  (r: number, g: number, b: number) => 0.5 * r - 0.418688 * g - 0.081312 * b,
];

const segment = (marker: number, content: readonly number[]): number[] => {
  const length = content.length + 2;
  return [0xff, marker, length >> 8, length & 255, ...content];
};

const huffman = (kind: number, bits: number, symbols: Uint8Array): number[] =>
  segment(0xc4, [
    kind,
    ...Array.from({ length: 16 }, (_, i) => i + 1 === bits ? symbols.length : 0),
    ...symbols,
  ]);

/** A picture as a JPEG file. */
export function encodeJpeg(
  { width, height, data }: Pick<Picture, "width" | "height"> & { readonly data: ArrayLike<number> },
): Uint8Array {
  const bits = bitWriter();
  const writers = CHANNELS.map((channel) => ({ channel, write: blockWriter(bits.put) }));
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      for (const { channel, write } of writers) {
        const block = Float64Array.from({ length: 64 }, (_, i) => {
          const y = Math.min(top + (i >> 3), height - 1); // the last row and column go on over the edge
          const x = Math.min(left + (i & 7), width - 1);
          const at = (y * width + x) * 3;
          return channel(data[at], data[at + 1], data[at + 2]);
        });
        write(transformed(block));
      }
    }
  }
  bits.fill();
  const size = [height >> 8, height & 255, width >> 8, width & 255];
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...segment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]), // "JFIF", version 1.1
    ...segment(0xdb, [0, ...ZIGZAG.map((i) => STEPS[i])]),
    ...segment(0xc0, [8, ...size, 3, ...[1, 2, 3].flatMap((id) => [id, 0x11, 0])]),
    ...huffman(0x00, DC_BITS, DC_SYMBOLS),
    ...huffman(0x10, AC_BITS, AC_SYMBOLS),
    ...segment(0xda, [3, ...[1, 2, 3].flatMap((id) => [id, 0]), 0, 63, 0]),
    ...bits.bytes,
    ...[0xff, 0xd9],
  ]);
}
