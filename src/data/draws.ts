/**
 * The random parameters of the augmentations, with the distributions of torchvision's `get_params`.
 * Source: torchvision `transforms.py`. Each function takes its numbers from the given stream alone, in a fixed order.
 */
import type { Random } from "../base/random.ts";
import type { Window } from "./picture.ts";
import type { Range } from "./ranges.ts";
import type { Affine } from "./warp.ts";

/** The nearest whole number, of two equally near ones the even one, as Python rounds. */
function rounded(value: number): number {
  const up = Math.round(value);
  return up - value === 0.5 && up % 2 !== 0 ? up - 1 : up;
}

/** A window around the centre. */
const central = (width: number, height: number, inWidth: number, inHeight: number): Window => ({
  x: Math.floor((inWidth - width) / 2),
  y: Math.floor((inHeight - height) / 2),
  width,
  height,
});

/**
 * A window of a picture: its area a uniform share `scale` of the picture's, its width over height log-uniform in
 * `ratio`, its place uniform. After 10 windows that do not fit, the largest central one whose ratio is allowed.
 */
export function drawWindow(
  width: number,
  height: number,
  scale: Range,
  ratio: Range,
  random: Random,
): Window {
  for (let attempt = 0; attempt < 10; attempt++) {
    const area = width * height * random.uniform(...scale);
    const aspect = Math.exp(random.uniform(Math.log(ratio[0]), Math.log(ratio[1])));
    const w = rounded(Math.sqrt(area * aspect));
    const h = rounded(Math.sqrt(area / aspect));
    if (w > 0 && w <= width && h > 0 && h <= height) {
      const y = random.integer(height - h + 1);
      const x = random.integer(width - w + 1);
      return { x, y, width: w, height: h };
    }
  }
  const aspect = width / height;
  if (aspect < ratio[0]) return central(width, rounded(width / ratio[0]), width, height);
  if (aspect > ratio[1]) return central(rounded(height * ratio[1]), height, width, height);
  return central(width, height, width, height);
}

/** The ranges of an affine map; `translate` is the largest share of the width and of the height. */
export interface AffineRanges {
  readonly degrees: Range;
  readonly translate: readonly [number, number];
  readonly scale: Range;
  readonly shear: readonly [Range, Range];
}

/** An affine map for a picture of this size: all uniform, the translation rounded to whole pixels. */
export function drawAffine(width: number, height: number, ranges: AffineRanges, random: Random): Affine {
  const angle = random.uniform(...ranges.degrees);
  const [right, down] = [ranges.translate[0] * width, ranges.translate[1] * height];
  const translate = [rounded(random.uniform(-right, right)), rounded(random.uniform(-down, down))] as const;
  const scale = random.uniform(...ranges.scale);
  const shear = [random.uniform(...ranges.shear[0]), random.uniform(...ranges.shear[1])] as const;
  return { angle, translate, scale, shear };
}

/** For adjustments numbered 0, 1, …: a random order of them, each with a uniform factor of its range. */
export function drawAdjustments(
  ranges: readonly Range[],
  random: Random,
): { index: number; factor: number }[] {
  const order = Array.from(random.permutation(ranges.length));
  const factors = ranges.map((range) => random.uniform(...range));
  return order.map((index) => ({ index, factor: factors[index] }));
}
