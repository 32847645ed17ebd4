/** Pictures made of filled shapes, with smooth edges. */

/** Red, green and blue, 0 … 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** A picture in memory. */
export interface Canvas {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Red, green and blue, 0 … 255, `[height, width, 3]`. */
  readonly data: Uint8ClampedArray;
}

/** Where a shape may be: left, top, right and bottom, in pixels. */
export type Box = readonly [left: number, top: number, right: number, bottom: number];

/** An empty, black canvas. */
export const canvas = (width: number, height: number): Canvas => ({
  width,
  height,
  data: new Uint8ClampedArray(width * height * 3),
});

/** Hue in degrees, saturation and lightness 0 … 1, as in CSS. */
export function hsl(hue: number, saturation: number, lightness: number): Colour {
  const spread = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number) => {
    const k = (n + hue / 30) % 12;
    return 255 * (lightness - spread * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  };
  return [channel(0), channel(8), channel(4)];
}

/** Between two colours: `from` at 0, `to` at 1. */
export const blend = (from: Colour, to: Colour, part: number): Colour => [
  from[0] + (to[0] - from[0]) * part,
  from[1] + (to[1] - from[1]) * part,
  from[2] + (to[2] - from[2]) * part,
];

/** Changes every pixel. */
export function eachPixel(
  { width, height, data }: Canvas,
  change: (x: number, y: number, now: Colour) => Colour,
): void {
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      data.set(change(x, y, [data[at], data[at + 1], data[at + 2]]), at);
    }
  }
}

const SAMPLES = [1 / 6, 3 / 6, 5 / 6];

/** Fills the points of a box that lie inside a shape; a pixel partly inside, by nine points of it, is blended. */
export function paint(
  { width, height, data }: Canvas,
  [left, top, right, bottom]: Box,
  colour: Colour,
  inside: (x: number, y: number) => boolean,
): void {
  for (let y = Math.max(0, Math.floor(top)); y < Math.min(height, bottom); y++) {
    for (let x = Math.max(0, Math.floor(left)); x < Math.min(width, right); x++) {
      let hits = 0;
      for (const dy of SAMPLES) {
        for (const dx of SAMPLES) if (inside(x + dx, y + dy)) hits++;
      }
      const at = (y * width + x) * 3;
      for (let c = 0; c < 3; c++) data[at + c] += (colour[c] - data[at + c]) * hits / 9;
    }
  }
}

/** Fills a box. */
export const rectangle = (on: Canvas, box: Box, colour: Colour): void => {
  const [left, top, right, bottom] = box;
  paint(on, box, colour, (x, y) => x >= left && x < right && y >= top && y < bottom);
};

/** Fills a circle. */
export const disc = (on: Canvas, cx: number, cy: number, radius: number, colour: Colour): void =>
  paint(
    on,
    [cx - radius, cy - radius, cx + radius, cy + radius],
    colour,
    (x, y) => (x - cx) ** 2 + (y - cy) ** 2 < radius ** 2,
  );
