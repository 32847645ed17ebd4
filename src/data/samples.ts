/** What decoders hand out, and how it becomes RGB: Pillow's `convert("RGB")`, src/libImaging/Convert.c. */
import type { ImageHeader } from "./image_header.ts";
import type { Picture } from "./picture.ts";

/** Decoded values, `[height, width, channels]`: 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha or CMYK. */
export interface Samples {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array | Uint16Array;
}

/** `a * b / 255` rounded, of bytes. */
function scaled(a: number, b: number): number {
  const product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

/** Light left by the inks: (255 - K) less its share of C, M and Y. */
function cmykToRgb(inks: Uint8Array | Uint16Array, out: Uint8Array): void {
  for (let from = 0, to = 0; to < out.length; from += 4, to += 3) {
    const light = 255 - inks[from + 3];
    for (let k = 0; k < 3; k++) out[to + k] = light - scaled(inks[from + k], light);
  }
}

/** RGB of decoded values. Alpha is dropped; 16-bit grey is cut at 255, as Pillow does, and not scaled. */
export function toRgb({ width, height, channels, data }: Samples, pixels: ImageHeader["pixels"]): Picture {
  if (channels === 3 && data instanceof Uint8Array) return { width, height, data };
  const out = new Uint8Array(width * height * 3);
  if (pixels === "cmyk") cmykToRgb(data, out);
  else if (channels < 3 || pixels === "grey16") {
    for (let from = 0, to = 0; to < out.length; from += channels, to += 3) {
      out[to] = out[to + 1] = out[to + 2] = Math.min(data[from], 255);
    }
  } else {
    for (let from = 0, to = 0; to < out.length; from += channels, to += 3) {
      out[to] = data[from];
      out[to + 1] = data[from + 1];
      out[to + 2] = data[from + 2];
    }
  }
  return { width, height, data: out };
}
