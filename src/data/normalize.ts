/** From bytes to what a model is given: floats of about zero mean and unit deviation. */
import type { Picture } from "./picture.ts";

/** Per channel (red, green, blue), of values in [0, 1]. */
export interface Moments {
  /** Subtracted. */
  readonly mean: readonly [number, number, number];
  /** Divided by. */
  readonly std: readonly [number, number, number];
}

/** Of the ImageNet training pictures, as torchvision's weights expect. */
export const imagenet: Moments = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/** Of MM-IMDb's posters, as MMBT's code has them. */
export const mmimdbPosters: Moments = {
  mean: [0.46777044, 0.44531429, 0.40661017],
  std: [0.12221994, 0.12145835, 0.14380469],
};

/**
 * Writes `(value / 255 - mean) / std` of every value into `out` from `offset` on, `[height, width, 3]`, rounded
 * after each operation as PyTorch's float32 arithmetic does.
 *
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { imagenet, normalize } from "./normalize.ts";
 * const out = new Float32Array(3);
 * normalize({ width: 1, height: 1, data: Uint8Array.of(255, 0, 128) }, imagenet, out, 0);
 * assertAlmostEquals(out[0], (1 - 0.485) / 0.229, 1e-6);
 * ```
 */
export function normalize(
  { data }: Picture,
  { mean, std }: Moments,
  out: Float32Array,
  offset: number,
): void {
  const table = (channel: 0 | 1 | 2): Float32Array => {
    const m = Math.fround(mean[channel]), s = Math.fround(std[channel]);
    const out = new Float32Array(256);
    for (let value = 0; value < 256; value++) out[value] = Math.fround(Math.fround(value / 255) - m) / s;
    return out;
  };
  const red = table(0), green = table(1), blue = table(2);
  for (let i = 0; i < data.length; i += 3) {
    out[offset + i] = red[data[i]];
    out[offset + i + 1] = green[data[i + 1]];
    out[offset + i + 2] = blue[data[i + 2]];
  }
}

/** The picture that was normalized into these numbers, `[height, width, 3]`. */
export const denormalize = (
  values: Float32Array,
  { mean, std }: Moments,
  { width, height }: Pick<Picture, "width" | "height">,
): Picture => ({
  width,
  height,
  data: Uint8Array.from(values, (value, i) => Math.round((value * std[i % 3] + mean[i % 3]) * 255)),
});
