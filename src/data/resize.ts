/**
 * Antialiased bilinear resizing, bit for bit as `Image.resize(size, BILINEAR)` of Pillow up to 12.1: a horizontal and
 * then a vertical pass of fixed-point weights, each rounded to 8 bits. Later versions make the vertical pass first, 12.2
 * for pictures over a hundred times as tall as wide, 13 wherever the height shrinks much more than the width; a channel of
 * those may differ by one level. The published notebook ran on an earlier version.
 * Source: Pillow 12.1, src/libImaging/Resample.c.
 */
import { across, down, memory } from "./kernels/resize.wasm";
import { blank, demandInside, type Picture, type Window } from "./picture.ts";

/** Bits after the binary point of a weight: 32 - 8 (the pixel) - 2 (sign and headroom). */
const fractionBits = 32 - 8 - 2;

/** Of these, as many as the kernel takes apart from the others. */
const lowBits = 11;

/** For each output position: the first input position it sees, and the weights of that and the next ones. */
interface Taps {
  readonly first: Int32Array;
  /** `[output size, pairs, high and low bits, 2 taps]`, fixed point; the unused rest is 0. */
  readonly weights: Int16Array;
  readonly pairs: number;
}

/** A stretch of input pixels, of which those from `first` to before `end` are seen. */
interface Stretch {
  readonly first: number;
  readonly end: number;
  /** Where the outputs begin, from `first` on, and how far they go; need not be whole. */
  readonly start: number;
  readonly size: number;
}

/** The stretch from `start` on, `size` long, of pixels in all. */
function stretch(start: number, size: number, pixels: number): Stretch {
  const first = Math.floor(start);
  return { first, end: Math.min(Math.ceil(start + size), pixels), start: start - first, size };
}

/** A triangle of half-width 1 output pixel, or 1 input pixel when enlarging, around each output pixel's centre. */
function triangleTaps({ first: from, end, start, size }: Stretch, outSize: number): Taps {
  const scale = size / outSize;
  const support = Math.max(scale, 1);
  const pairs = Math.ceil(support) + 1;
  const first = new Int32Array(outSize);
  const weights = new Int16Array(outSize * pairs * 4);
  const exact = new Float64Array(pairs * 2);
  for (let out = 0; out < outSize; out++) {
    const center = start + (out + 0.5) * scale;
    const low = Math.max(Math.trunc(center - support + 0.5), 0);
    const high = Math.min(Math.trunc(center + support + 0.5), end - from);
    let sum = 0;
    for (let i = low; i < high; i++) {
      exact[i - low] = Math.max(1 - Math.abs((i - center + 0.5) * (1 / support)), 0);
      sum += exact[i - low];
    }
    first[out] = from + low;
    for (let k = 0; k < high - low; k++) {
      const weight = Math.trunc(0.5 + exact[k] / sum * (1 << fractionBits));
      const at = (out * pairs + (k >> 1)) * 4 + (k & 1);
      weights[at] = weight >> lowBits;
      weights[at + 2] = weight & (1 << lowBits) - 1;
    }
  }
  return { first, weights, pairs };
}

/** Bytes that go into the kernel's memory and come out of it at a time, if one row is not more. */
const BAND = 8e6;

/** The kernel overwrites so many bytes behind its output. */
const BEHIND = 16;

/**
 * Puts arrays into the kernel's memory, and room of so many bytes after them; gives where each begins, and the output
 * behind the room.
 */
function place(
  arrays: readonly (Uint8Array | Int16Array | Int32Array)[],
  room: number,
  output: number,
): number[] {
  const starts = [0];
  const sizes = arrays.map(({ byteLength }) => byteLength);
  sizes[sizes.length - 1] += room;
  for (const size of sizes) starts.push(Math.ceil((starts.at(-1)! + size) / 16) * 16);
  const lacking = starts.at(-1)! + output + BEHIND - memory.buffer.byteLength;
  if (lacking > 0) memory.grow(Math.ceil(lacking / 65536));
  for (const [i, { buffer, byteOffset, byteLength }] of arrays.entries()) {
    new Uint8Array(memory.buffer, starts[i]).set(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return starts;
}

/** The columns of a picture brought to `width` outputs, in the rows from `top` to before `bottom`. */
function horizontal(picture: Picture, columns: Stretch, width: number, top: number, bottom: number): Picture {
  const out = blank(width, bottom - top);
  const { first, weights, pairs } = triangleTaps(columns, width);
  const stride = picture.width * 3, made = width * 3;
  const most = Math.max(1, Math.floor(BAND / (stride + made)));
  for (let row = top; row < bottom; row += most) {
    const rows = Math.min(most, bottom - row);
    const seen = picture.data.subarray(row * stride, (row + rows) * stride);
    const [ofFirst, ofWeights, from, to] = place([first, weights, seen], pairs * 6 + BEHIND, rows * made);
    across(from, stride, rows, to, width, ofFirst, ofWeights, pairs);
    out.data.set(new Uint8Array(memory.buffer, to, rows * made), (row - top) * made);
  }
  return out;
}

/** The rows of a picture brought to `height` outputs. */
function vertical(picture: Picture, rows: Stretch, height: number): Picture {
  const out = blank(picture.width, height);
  const { first, weights, pairs } = triangleTaps(rows, height);
  const stride = picture.width * 3;
  const most = Math.max(1, Math.floor(BAND / (stride * (1 + rows.size / height))));
  for (let y = 0; y < height; y += most) {
    const end = Math.min(y + most, height);
    const part = { first: first.subarray(y, end), weights: weights.subarray(y * pairs * 4, end * pairs * 4) };
    const top = first[y], bottom = first[end - 1] + pairs * 2;
    const seen = picture.data.subarray(top * stride, bottom * stride);
    const room = pairs * 2 * stride + BEHIND;
    const [ofFirst, ofWeights, from, to] = place([part.first, part.weights, seen], room, (end - y) * stride);
    down(from - top * stride, stride, end - y, to, ofFirst, ofWeights, pairs);
    out.data.set(new Uint8Array(memory.buffer, to, (end - y) * stride), y * stride);
  }
  return out;
}

/**
 * The picture at another size, antialiased bilinear, as Pillow up to 12.1 gives it.
 * Throws `OnesheetError` unless both sides are whole numbers of at least 1 pixel.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { resize } from "./resize.ts";
 * const twoByOne = { width: 2, height: 1, data: Uint8Array.of(0, 0, 0, 200, 100, 50) };
 * assertEquals([...resize(twoByOne, 1, 1).data], [100, 50, 25]);
 * ```
 */
export const resize = (picture: Picture, width: number, height: number): Picture =>
  resizedCrop(picture, { x: 0, y: 0, width: picture.width, height: picture.height }, width, height);

/**
 * A window of the picture brought to a size: what lies outside it is not seen. A window whose sides are not whole
 * numbers sees the pixels that it cuts, by the same weights. Throws `OnesheetError` when it leaves the picture.
 */
export function resizedCrop(picture: Picture, window: Window, width: number, height: number): Picture {
  demandInside(picture, window);
  const columns = stretch(window.x, window.width, picture.width);
  const rows = stretch(window.y, window.height, picture.height);
  const isWhole = width === picture.width && window.width === width;
  if (isWhole && height === picture.height && window.height === height) return picture;
  const across = isWhole ? picture : horizontal(picture, columns, width, rows.first, rows.end);
  const down = isWhole ? rows : { ...rows, first: 0, end: rows.end - rows.first };
  return vertical(across, down, height);
}
