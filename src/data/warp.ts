/**
 * Rotation and affine maps with the nearest pixel and black outside, bit for bit as torchvision's `rotate` and
 * `affine` on PIL images, as long as the map leads every corner to less than 32,768 pixels from the input's corner: all
 * augmented posters. Beyond that Pillow steps in double precision and a few pixels are their neighbours. Sources: torchvision `functional.py` (`_get_inverse_affine_matrix`); Pillow `Image.rotate`
 * and src/libImaging/Geometry.c.
 */
import { blank, type Picture } from "./picture.ts";

/** From output to input: x' = m[0] x + m[1] y + m[2], y' = m[3] x + m[4] y + m[5], in pixels. */
type Matrix = readonly [number, number, number, number, number, number];

/** What an affine map does to a picture, about its centre. */
export interface Affine {
  /** Degrees, clockwise. */
  readonly angle: number;
  /** Whole pixels to the right and down, after the rotation. */
  readonly translate: readonly [number, number];
  /** 1 keeps the size, 2 doubles it. */
  readonly scale: number;
  /** Degrees along x and along y. */
  readonly shear: readonly [number, number];
}

const radians = (degrees: number): number => degrees * (Math.PI / 180);

/** The picture of the given input columns and rows, black where one is -1. */
function copyGrid(picture: Picture, columns: Int32Array, rows: Int32Array): Picture {
  const { width, height, data } = picture;
  const out = blank(width, height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      if (rows[y] < 0 || columns[x] < 0) continue;
      const from = (rows[y] * width + columns[x]) * 3;
      out.data[at] = data[from];
      out.data[at + 1] = data[from + 1];
      out.data[at + 2] = data[from + 2];
    }
  }
  return out;
}

/** Positions start, start + step, … as Pillow adds them up; -1 outside 0 … size. */
function positions(start: number, step: number, size: number): Int32Array {
  const out = new Int32Array(size);
  for (let i = 0, at = start; i < size; i++, at += step) out[i] = at < 0 || at >= size ? -1 : Math.trunc(at);
  return out;
}

/** 16 bits after the binary point, as Pillow steps through rows and columns. */
const fixed = (value: number): number => Math.floor(value * 65536 + 0.5);

/** The steps from `start` on that lie in 0 … limit (without it): the first, and the one after the last. Whole numbers. */
function inside(start: number, step: number, limit: number, steps: number): [first: number, end: number] {
  if (step === 0) return start >= 0 && start < limit ? [0, steps] : [0, 0];
  const [near, far] = [-start / step, (limit - start) / step];
  const [first, end] = step > 0
    ? [Math.ceil(near), Math.ceil(far)]
    : [Math.floor(far) + 1, Math.floor(near) + 1];
  return [Math.max(first, 0), Math.min(end, steps)];
}

/** The picture seen through the map, at the pixel centres. */
function sample(picture: Picture, m: Matrix): Picture {
  const { width, height, data } = picture;
  const startX = m[2] + m[0] * 0.5 + m[1] * 0.5;
  const startY = m[5] + m[3] * 0.5 + m[4] * 0.5;
  if (m[1] === 0 && m[3] === 0) {
    return copyGrid(picture, positions(startX, m[0], width), positions(startY, m[4], height));
  }
  const out = blank(width, height);
  const to = out.data;
  const [alongX, acrossX, alongY, acrossY] = [fixed(m[0]), fixed(m[1]), fixed(m[3]), fixed(m[4])];
  const right = width * 65536, bottom = height * 65536;
  let rowX = fixed(startX), rowY = fixed(startY);
  for (let y = 0; y < height; y++, rowX += acrossX, rowY += acrossY) {
    const inX = inside(rowX, alongX, right, width), inY = inside(rowY, alongY, bottom, width);
    const first = Math.max(inX[0], inY[0]), end = (y * width + Math.min(inX[1], inY[1])) * 3;
    let fromX = rowX + first * alongX, fromY = rowY + first * alongY;
    for (let at = (y * width + first) * 3; at < end; at += 3, fromX += alongX, fromY += alongY) {
      const from = (((fromY / 65536) | 0) * width + ((fromX / 65536) | 0)) * 3;
      to[at] = data[from];
      to[at + 1] = data[from + 1];
      to[at + 2] = data[from + 2];
    }
  }
  return out;
}

/**
 * The picture turned about its centre by `degrees` counter-clockwise, at its own size.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { rotate } from "./warp.ts";
 * const twoByOne = { width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
 * assertEquals([...rotate(twoByOne, 180).data], [4, 5, 6, 1, 2, 3]);
 * ```
 */
export function rotate(picture: Picture, degrees: number): Picture {
  const angle = -radians((degrees % 360 + 360) % 360);
  const cosine = Math.cos(angle);
  const sine = Math.sin(angle);
  const x = picture.width / 2, y = picture.height / 2;
  return sample(picture, [
    cosine,
    sine,
    cosine * -x + sine * -y + x,
    -sine,
    cosine,
    -sine * -x + cosine * -y + y,
  ]);
}

/** The picture under the map: sheared along x, then y, scaled, rotated about the centre, then moved. */
export function affine(picture: Picture, { angle, translate, scale, shear }: Affine): Picture {
  const turn = radians(angle), alongX = radians(shear[0]), alongY = radians(shear[1]);
  // The forward map without scale is [a b; c d] with determinant 1, so its inverse is [d -b; -c a].
  const a = Math.cos(turn - alongY) / Math.cos(alongY);
  const b = -Math.cos(turn - alongY) * Math.tan(alongX) / Math.cos(alongY) - Math.sin(turn);
  const c = Math.sin(turn - alongY) / Math.cos(alongY);
  const d = -Math.sin(turn - alongY) * Math.tan(alongX) / Math.cos(alongY) + Math.cos(turn);
  const xx = d / scale, xy = -b / scale, yx = -c / scale, yy = a / scale;
  const x = picture.width * 0.5, y = picture.height * 0.5;
  const toX = -x - translate[0], toY = -y - translate[1];
  return sample(picture, [xx, xy, xx * toX + xy * toY + x, yx, yy, yx * toX + yy * toY + y]);
}
