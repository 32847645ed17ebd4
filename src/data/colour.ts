/**
 * Colour adjustments, bit for bit as torchvision's `adjust_*` on PIL images.
 * Sources: torchvision `_functional_pil.py`; Pillow `ImageEnhance.py`, src/libImaging/Blend.c and Convert.c.
 */
import { blank, type Picture } from "./picture.ts";

/** ITU-R 601 luma of one pixel, 0 … 255, in 16-bit fixed point. */
const luma = (red: number, green: number, blue: number): number =>
  (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;

/** `from + factor * (to - from)` in single precision, cut to 0 … 255 and to a whole number towards zero. */
function blend(from: number, to: number, factor: number): number {
  const mixed = Math.fround(from + Math.fround(factor * (to - from)));
  return mixed <= 0 ? 0 : mixed >= 255 ? 255 : Math.trunc(mixed);
}

/** Blends every value with one grey: 0 for brightness, the mean for contrast. */
function blendWithGrey(picture: Picture, grey: number, factor: number): Picture {
  const single = Math.fround(factor);
  const table = Uint8Array.from({ length: 256 }, (_, value) => blend(grey, value, single));
  const out = blank(picture.width, picture.height);
  for (let i = 0; i < out.data.length; i++) out.data[i] = table[picture.data[i]];
  return out;
}

/** Black at factor 0, the picture at 1, brighter above. */
export const adjustBrightness = (picture: Picture, factor: number): Picture =>
  blendWithGrey(picture, 0, factor);

/** One grey, the picture's mean luma, at factor 0; the picture at 1; stronger contrast above. */
export function adjustContrast(picture: Picture, factor: number): Picture {
  const { data } = picture;
  let sum = 0;
  for (let i = 0; i < data.length; i += 3) sum += luma(data[i], data[i + 1], data[i + 2]);
  return blendWithGrey(picture, Math.trunc(sum / (data.length / 3) + 0.5), factor);
}

/** Grey at factor 0, the picture at 1, stronger colours above. */
export function adjustSaturation(picture: Picture, factor: number): Picture {
  const single = Math.fround(factor);
  const { data } = picture;
  const out = blank(picture.width, picture.height);
  for (let i = 0; i < data.length; i += 3) {
    const grey = luma(data[i], data[i + 1], data[i + 2]);
    out.data[i] = blend(grey, data[i], single);
    out.data[i + 1] = blend(grey, data[i + 1], single);
    out.data[i + 2] = blend(grey, data[i + 2], single);
  }
  return out;
}

/** For each 8-bit hue: which sixth of the colour circle it is in, and how far into it (0 … 1, single precision). */
const sector = Uint8Array.from({ length: 256 }, (_, hue) => Math.floor(hue * 6 / 255) % 6);
const within = Float32Array.from({ length: 256 }, (_, hue) => hue * 6 / 255 - Math.floor(hue * 6 / 255));

/** The 8-bit hue of a colour that is not grey. */
function hueOf(red: number, green: number, blue: number, most: number, least: number): number {
  const range = most - least;
  const r = Math.fround((most - red) / range);
  const g = Math.fround((most - green) / range);
  const b = Math.fround((most - blue) / range);
  const sixths = Math.fround(red === most ? b - g : green === most ? 2 + r - b : 4 + g - r);
  const turns = sixths / 6 + 1; // 5/6 … 11/6, of which the fraction counts
  return Math.trunc(Math.fround(turns >= 1 ? turns - 1 : turns) * 255);
}

/**
 * Turns the hue by `shift` of the colour circle, -0.5 … 0.5. The way leads over 8-bit HSV as in Pillow, so even
 * a shift of 0 changes values slightly.
 */
export function adjustHue(picture: Picture, shift: number): Picture {
  const step = Math.trunc(shift * 255);
  const { data } = picture;
  const out = blank(picture.width, picture.height);
  for (let i = 0; i < data.length; i += 3) {
    const red = data[i], green = data[i + 1], blue = data[i + 2];
    const most = Math.max(red, green, blue);
    const least = Math.min(red, green, blue);
    const saturation = most === least ? 0 : Math.trunc(Math.fround((most - least) / most) * 255);
    if (saturation === 0) {
      out.data.fill(most, i, i + 3);
      continue;
    }
    const hue = (hueOf(red, green, blue, most, least) + step) & 255;
    const s = Math.fround(saturation / 255);
    const f = within[hue];
    const p = Math.round(most * (1 - s));
    const q = Math.round(most * (1 - s * f));
    const t = Math.round(most * (1 - s * (1 - f)));
    const six = sector[hue];
    out.data[i] = six === 0 || six === 5 ? most : six === 1 ? q : six === 4 ? t : p;
    out.data[i + 1] = six === 1 || six === 2 ? most : six === 0 ? t : six === 3 ? q : p;
    out.data[i + 2] = six === 3 || six === 4 ? most : six === 2 ? t : six === 5 ? q : p;
  }
  return out;
}
