/**
 * Colour adjustments, bit for bit as torchvision's `adjust_*` on PIL images.
 * Sources: torchvision `_functional_pil.py`; Pillow `ImageEnhance.py`, src/libImaging/Blend.c and Convert.c.
 */
import { blank, type Picture } from "./picture.ts";

/** ITU-R 601 luma of one pixel, 0 … 255, in 16-bit fixed point. */
const luma = (red: number, green: number, blue: number): number =>
  (Math.imul(red, 19595) + Math.imul(green, 38470) + Math.imul(blue, 7471) + 0x8000) >> 16;

/** `from + factor * (to - from)` in single precision, cut to 0 … 255 and to a whole number towards zero. */
function blend(from: number, to: number, factor: number): number {
  const mixed = Math.fround(from + Math.fround(factor * (to - from)));
  return mixed <= 0 ? 0 : mixed >= 255 ? 255 : Math.trunc(mixed);
}

/** Blends every value with one grey: 0 for brightness, the mean for contrast. */
function blendWithGrey(picture: Picture, grey: number, factor: number): Picture {
  const single = Math.fround(factor);
  const table = new Uint8Array(256);
  for (let value = 0; value < 256; value++) table[value] = blend(grey, value, single);
  const { data } = picture;
  const out = blank(picture.width, picture.height);
  const to = out.data;
  for (let i = 0; i < data.length; i++) to[i] = table[data[i]];
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
  const share = new Float32Array(511);
  for (let i = 0; i < 511; i++) share[i] = single * (i - 255);
  const { data } = picture;
  const out = blank(picture.width, picture.height);
  const to = out.data;
  for (let i = 0; i < data.length; i += 3) {
    const red = data[i], green = data[i + 1], blue = data[i + 2];
    const grey = luma(red, green, blue);
    const least = 255 - grey;
    const r = Math.fround(grey + share[least + red]);
    const g = Math.fround(grey + share[least + green]);
    const b = Math.fround(grey + share[least + blue]);
    to[i] = r <= 0 ? 0 : r >= 255 ? 255 : r;
    to[i + 1] = g <= 0 ? 0 : g >= 255 ? 255 : g;
    to[i + 2] = b <= 0 ? 0 : b >= 255 ? 255 : b;
  }
  return out;
}

/** For each 8-bit hue: which sixth of the colour circle it is in, and how far into it (0 … 1, single precision). */
const sector = Uint8Array.from({ length: 256 }, (_, hue) => Math.floor(hue * 6 / 255) % 6);
const within = Float32Array.from({ length: 256 }, (_, hue) => hue * 6 / 255 - Math.floor(hue * 6 / 255));

/** For each sixth: the channels of the largest value, of the one between and of the least. */
const channels = [[0, 1, 2], [1, 0, 2], [1, 2, 0], [2, 1, 0], [2, 0, 1], [0, 2, 1]];
const [ofMost, ofBetween, ofLeast] = [0, 1, 2].map((rank) =>
  Uint8Array.from({ length: 256 }, (_, hue) => channels[sector[hue]][rank])
);

/** For each 8-bit hue: the share of the saturation that the value between lacks. */
const lack = Float64Array.from(within, (share, hue) => sector[hue] % 2 === 0 ? 1 - share : share);

/** For each 8-bit saturation, its share of 255 in single precision. */
const saturated = Float32Array.from({ length: 256 }, (_, saturation) => saturation / 255);

/** The 8-bit saturation by largest value and range, `[256, 256]`. */
const saturationOf = Uint8Array.from({ length: 65536 }, (_, at) => {
  const most = at >> 8, range = at & 255;
  return most === 0 ? 0 : Math.trunc(Math.fround(range / most) * 255);
});

/** The 8-bit hue of a colour that is not grey. */
function hueOf(red: number, green: number, blue: number, most: number, range: number): number {
  const r = Math.fround((most - red) / range);
  const g = Math.fround((most - green) / range);
  const b = Math.fround((most - blue) / range);
  const sixths = Math.fround(red === most ? b - g : green === most ? 2 + r - b : 4 + g - r);
  const turns = sixths / 6 + 1; // 5/6 … 11/6, of which the fraction counts
  return (Math.fround(turns >= 1 ? turns - 1 : turns) * 255) | 0;
}

/**
 * Turns the hue by `shift` of the colour circle, -0.5 … 0.5. The way leads over 8-bit HSV as in Pillow, so even
 * a shift of 0 changes values slightly.
 */
export function adjustHue(picture: Picture, shift: number): Picture {
  const step = Math.trunc(shift * 255);
  const { data } = picture;
  const out = blank(picture.width, picture.height);
  const to = out.data;
  for (let i = 0; i < data.length; i += 3) {
    const red = data[i], green = data[i + 1], blue = data[i + 2];
    const most = red > green ? red > blue ? red : blue : green > blue ? green : blue;
    const least = red < green ? red < blue ? red : blue : green < blue ? green : blue;
    const saturation = saturationOf[most << 8 | most - least];
    if (saturation === 0) {
      to[i] = to[i + 1] = to[i + 2] = most;
      continue;
    }
    const hue = (hueOf(red, green, blue, most, most - least) + step) & 255;
    const s = saturated[saturation];
    to[i + ofMost[hue]] = most;
    to[i + ofBetween[hue]] = (most * (1 - s * lack[hue]) + 0.5) | 0;
    to[i + ofLeast[hue]] = (most * (1 - s) + 0.5) | 0;
  }
  return out;
}
