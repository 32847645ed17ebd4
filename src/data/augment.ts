/**
 * Random changes of training pictures, as choices: torchvision's transforms of the same names, with its defaults.
 * Source: https://docs.pytorch.org/vision/stable/transforms.html (version 1, on PIL images)
 */
import { type Choice, choice } from "../base/choice.ts";
import type { Random } from "../base/random.ts";
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation } from "./colour.ts";
import { drawAdjustments, drawAffine, drawWindow } from "./draws.ts";
import { flip, type Picture } from "./picture.ts";
import { around, demand, positive, type Range } from "./ranges.ts";
import { resizedCrop } from "./resize.ts";
import { affine, rotate } from "./warp.ts";

/** A random change of a picture; the same stream gives the same change. */
export type Augmentation = Choice<(picture: Picture, random: Random) => Picture>;

/**
 * A random window of the picture, resized (antialiased bilinear) to a square of `size` pixels. `scale` bounds the
 * window's share of the area, `ratio` its width over height before resizing.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { random } from "../base/random.ts";
 * import { randomResizedCrop } from "./augment.ts";
 * const picture = { width: 30, height: 20, data: new Uint8Array(30 * 20 * 3) };
 * const small = randomResizedCrop({ size: 8, scale: [0.7, 1] }).made(picture, random(42, "crop"));
 * assertEquals([small.width, small.height], [8, 8]);
 * ```
 */
export const randomResizedCrop = (
  { size, scale = [0.08, 1], ratio = [3 / 4, 4 / 3] }: {
    readonly size: number;
    readonly scale?: Range;
    readonly ratio?: Range;
  },
): Augmentation =>
  choice("randomResizedCrop", { size, scale, ratio }, (set) => {
    demand(
      Number.isInteger(set.size) && set.size > 0,
      "randomResizedCrop.size",
      "a whole number of pixels of at least 1",
      set.size,
    );
    const scales = positive("randomResizedCrop.scale", set.scale);
    const ratios = positive("randomResizedCrop.ratio", set.ratio);
    return (picture, random) => {
      const { width, height } = picture.reducedFrom ?? picture;
      const window = drawWindow(width, height, scales, ratios, random);
      const [across, down] = [picture.width / width, picture.height / height];
      const seen = {
        x: window.x * across,
        y: window.y * down,
        width: window.width * across,
        height: window.height * down,
      };
      return resizedCrop(picture, seen, set.size, set.size);
    };
  });

/** Mirrors the picture left to right with probability `p`. */
export const randomHorizontalFlip = ({ p = 0.5 }: { readonly p?: number } = {}): Augmentation =>
  choice("randomHorizontalFlip", { p }, (set) => {
    demand(set.p >= 0 && set.p <= 1, "randomHorizontalFlip.p", "a number from 0 to 1", set.p);
    return (picture, random) => random.uniform() < set.p ? flip(picture) : picture;
  });

/**
 * Adjusts brightness, contrast, saturation and hue in random order. A number n stands for factors in
 * [max(0, 1 - n), 1 + n], for hue [-n, n] of the colour circle (at most 0.5); 0 leaves that property alone.
 */
export const colorJitter = (
  { brightness = 0, contrast = 0, saturation = 0, hue = 0 }: {
    readonly brightness?: number | Range;
    readonly contrast?: number | Range;
    readonly saturation?: number | Range;
    readonly hue?: number | Range;
  } = {},
): Augmentation =>
  choice("colorJitter", { brightness, contrast, saturation, hue }, (set) => {
    const factor = { center: 1, least: 0 };
    const jitters = [
      { adjust: adjustBrightness, at: around("colorJitter.brightness", set.brightness, factor), neutral: 1 },
      { adjust: adjustContrast, at: around("colorJitter.contrast", set.contrast, factor), neutral: 1 },
      { adjust: adjustSaturation, at: around("colorJitter.saturation", set.saturation, factor), neutral: 1 },
      { adjust: adjustHue, at: around("colorJitter.hue", set.hue, { least: -0.5, most: 0.5 }), neutral: 0 },
    ].filter(({ at, neutral }) => at[0] !== neutral || at[1] !== neutral);
    return (picture, random) =>
      drawAdjustments(jitters.map(({ at }) => at), random)
        .reduce((changed, { index, factor }) => jitters[index].adjust(changed, factor), picture);
  }, {
    brightness: [0.3, [0.7, 1.3]],
    contrast: [0.3, [0.7, 1.3]],
    saturation: [0.3, [0.7, 1.3]],
    hue: [0.1, [-0.1, 0.1]],
  });

/** Turns the picture about its centre, black outside. A number n stands for angles in [-n, n] degrees. */
export const randomRotation = ({ degrees }: { readonly degrees: number | Range }): Augmentation =>
  choice("randomRotation", { degrees }, (set) => {
    const angles = around("randomRotation.degrees", set.degrees);
    return (picture, random) => rotate(picture, random.uniform(...angles));
  }, { degrees: [20, [-20, 20]] });

/**
 * Rotates, shears, scales and moves the picture about its centre, black outside. `translate`: largest move as a
 * share of the width and the height. `shear`: degrees; a number n stands for [-n, n] along x, two numbers for a range
 * along x, four for a range along x and one along y.
 */
export const randomAffine = (
  { degrees, translate = [0, 0], scale = [1, 1], shear = 0 }: {
    readonly degrees: number | Range;
    readonly translate?: readonly [number, number];
    readonly scale?: Range;
    readonly shear?: number | Range | readonly [number, number, number, number];
  },
): Augmentation =>
  choice("randomAffine", { degrees, translate, scale, shear }, (set) => {
    demand(
      set.translate.length === 2 && set.translate.every((share) => share >= 0 && share <= 1),
      "randomAffine.translate",
      "two numbers from 0 to 1",
      set.translate,
    );
    const [alongX, alongY] = typeof set.shear !== "number" && set.shear.length === 4
      ? [set.shear.slice(0, 2), set.shear.slice(2)]
      : [set.shear, 0];
    const ranges = {
      degrees: around("randomAffine.degrees", set.degrees),
      translate: set.translate,
      scale: positive("randomAffine.scale", set.scale),
      shear: [around("randomAffine.shear", alongX), around("randomAffine.shear", alongY)] as const,
    };
    return (picture, random) => affine(picture, drawAffine(picture.width, picture.height, ranges, random));
  }, { degrees: [20, [-20, 20]], shear: [10, [-10, 10]] });

/** The augmentations of this library by name, made from their settings. */
const makers: Readonly<Record<string, (settings: never) => Augmentation>> = {
  randomResizedCrop,
  randomHorizontalFlip,
  colorJitter,
  randomRotation,
  randomAffine,
};

/** An augmentation as data, for another thread. */
export type Named = Pick<Augmentation, "name" | "options">;

/** Whether another thread can make this augmentation again. */
export const isNamed = ({ name }: Named): boolean => Object.hasOwn(makers, name);

/** The augmentation again. */
export const augmentationOf = ({ name, options }: Named): Augmentation => makers[name](options as never);
