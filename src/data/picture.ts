/** A picture in memory, and the operations that only move its pixels. */
import { OnesheetError } from "../base/errors.ts";

/** An 8-bit RGB picture: `data` is `[height, width, 3]`, row-major. Functions never change one they are given. */
export interface Picture {
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Three bytes a pixel, row by row. */
  readonly data: Uint8Array;
  /** The size of the picture that this one was reduced from. */
  readonly reducedFrom?: { readonly width: number; readonly height: number };
}

/** A part of a picture, in pixels; (`x`, `y`) is its upper left corner. */
export interface Window {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A black picture. Throws `OnesheetError` unless both sides are whole numbers of at least 1 pixel. */
export function blank(width: number, height: number): Picture {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0)) {
    throw new OnesheetError(
      `Cannot make a picture: expected whole numbers of pixels of at least 1, found ${width} by ${height}`,
    );
  }
  return { width, height, data: new Uint8Array(width * height * 3) };
}

/** Throws `OnesheetError` when a window leaves the picture. */
export function demandInside(picture: Picture, { x, y, width, height }: Window): void {
  const spare = 1e-6; // a window that was scaled may be off by a rounding
  if (x >= 0 && y >= 0 && x + width <= picture.width + spare && y + height <= picture.height + spare) return;
  throw new OnesheetError(
    `Cannot crop: expected a window inside ${picture.width} by ${picture.height} pixels, ` +
      `found ${width} by ${height} at (${x}, ${y})`,
  );
}

/** The picture mirrored left to right. */
export function flip(picture: Picture): Picture {
  const { width, height, data } = picture;
  const out = blank(width, height);
  for (let y = 0; y < height; y++) {
    let to = y * width * 3;
    for (let from = to + (width - 1) * 3; from >= y * width * 3; from -= 3) {
      out.data[to++] = data[from];
      out.data[to++] = data[from + 1];
      out.data[to++] = data[from + 2];
    }
  }
  return out;
}
