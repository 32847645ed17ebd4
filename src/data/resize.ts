/**
 * Antialiased bilinear resizing, bit for bit as Pillow's `Image.resize(size, BILINEAR)`: a horizontal and then a
 * vertical pass of fixed-point weights, each rounded to 8 bits. (Pillow from 13 on resizes some tall pictures
 * vertically first; the published notebook ran on an earlier one. The two differ by at most one level.)
 * Source: Pillow 12, src/libImaging/Resample.c.
 */
import { blank, demandInside, type Picture, type Window } from "./picture.ts";

/** Bits after the binary point of a weight: 32 - 8 (the pixel) - 2 (sign and headroom). */
const fractionBits = 32 - 8 - 2;
const half = 1 << (fractionBits - 1);

/** For each output position: the first input position it sees, how many it sees, and their weights. */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** `[output size, stride]`, fixed point; the unused rest of a row is 0. */
  readonly weights: Int32Array;
  readonly stride: number;
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
  const stride = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(outSize);
  const count = new Int32Array(outSize);
  const weights = new Int32Array(outSize * stride);
  const exact = new Float64Array(stride);
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
    count[out] = high - low;
    for (let k = 0; k < high - low; k++) {
      weights[out * stride + k] = Math.trunc(0.5 + exact[k] / sum * (1 << fractionBits));
    }
  }
  return { first, count, weights, stride };
}

/** The columns of a picture brought to `width` outputs, in the rows from `top` to before `bottom`. */
function horizontal(picture: Picture, columns: Stretch, width: number, top: number, bottom: number): Picture {
  const { data } = picture;
  const out = blank(width, bottom - top);
  const { first, count, weights, stride } = triangleTaps(columns, width);
  const to = out.data;
  for (let y = top, at = 0; y < bottom; y++) {
    const row = y * picture.width;
    for (let x = 0; x < width; x++) {
      let red = half, green = half, blue = half;
      let from = (row + first[x]) * 3;
      const end = x * stride + count[x];
      for (let k = x * stride; k < end; k++) {
        const weight = weights[k];
        red += Math.imul(data[from], weight);
        green += Math.imul(data[from + 1], weight);
        blue += Math.imul(data[from + 2], weight);
        from += 3;
      }
      to[at++] = red >> fractionBits;
      to[at++] = green >> fractionBits;
      to[at++] = blue >> fractionBits;
    }
  }
  return out;
}

function vertical(picture: Picture, rows: Stretch, height: number): Picture {
  const { data, width } = picture;
  const out = blank(width, height);
  const { first, count, weights, stride } = triangleTaps(rows, height);
  const to = out.data;
  const rowBytes = width * 3;
  const sums = new Int32Array(rowBytes);
  for (let y = 0, at = 0; y < height; y++) {
    sums.fill(half);
    const begin = y * stride;
    for (let k = begin, from = first[y] * rowBytes; k < begin + count[y]; k++) {
      const weight = weights[k];
      for (let column = 0; column < rowBytes; column++) sums[column] += Math.imul(data[from++], weight);
    }
    for (let column = 0; column < rowBytes; column++) to[at++] = sums[column] >> fractionBits;
  }
  return out;
}

/**
 * The picture at another size, antialiased bilinear, equal to Pillow's result.
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
