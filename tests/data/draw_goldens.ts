/** Our random parameters against torchvision's (tests/golden/pixels/draws.json), as distributions. */
import { type Random, random } from "../../src/base/random.ts";
import { drawAdjustments, drawAffine, drawWindow } from "../../src/data/draws.ts";
import type { Window } from "../../src/data/picture.ts";

type Range = readonly [number, number];
interface Distribution {
  readonly at: readonly number[];
  /** Share of torchvision's 40,000 draws that were at most the value of the same place in `at`. */
  readonly below: readonly number[];
}
/** What the golden file has. */
export interface Draws {
  readonly windows: readonly {
    width: number;
    height: number;
    scale: Range;
    ratio: Range;
    windows: Record<keyof Window, Distribution>;
  }[];
  readonly fallbacks: readonly { width: number; height: number; ratio: Range; window: Window }[];
  readonly affine: {
    width: number;
    height: number;
    degrees: Range;
    translate: Range;
    scale: Range;
    shear: readonly [number, number, number, number];
    draws: Record<"angle" | "right" | "down" | "scale" | "shearX" | "shearY", Distribution>;
  };
  readonly jitter: Record<"brightness" | "contrast" | "saturation" | "hue", Range> & {
    draws: Record<"brightness" | "contrast" | "saturation" | "hue", Distribution>;
  };
}
/** Draws of ours, as many as torchvision's. */
const count = 40_000;

/**
 * Two samples of 40,000 differ by more than 0.0138 anywhere once in a thousand pairs (Kolmogorov and Smirnov); the
 * seeds are fixed, so a test that passes once always does.
 */
export const distanceLimit = 0.0138;

/** The largest distance between the two distribution functions at the golden's points. */
function distance(values: readonly number[], { at, below }: Distribution): number {
  const shares = at.map((point) => values.reduce((sum, value) => sum + (value <= point ? 1 : 0), 0) / count);
  return Math.max(...shares.map((share, i) => Math.abs(share - below[i])));
}

/** The distance of each parameter that has a golden distribution. */
const distances = <Drawn, Name extends string>(
  drawn: readonly Drawn[],
  goldens: Readonly<Record<Name, Distribution>>,
  of: (drawn: Drawn, name: Name) => number,
): Record<Name, number> =>
  Object.fromEntries(
    Object.entries<Distribution>(goldens).map((
      [name, golden],
    ) => [name, distance(drawn.map((one) => of(one, name as Name)), golden)]),
  ) as Record<Name, number>;

const many = <Drawn>(key: string | number, draw: (stream: Random) => Drawn): Drawn[] => {
  const stream = random("draws", key);
  return Array.from({ length: count }, () => draw(stream));
};

/** Of the windows of RandomResizedCrop. */
export function windowDistances({ width, height, scale, ratio, windows }: Draws["windows"][number]) {
  const drawn = many(width, (stream) => drawWindow(width, height, scale, ratio, stream));
  return { drawn, distances: distances(drawn, windows, (window, key) => window[key]) };
}

/** Of the maps of RandomAffine. */
export function affineDistances({ width, height, degrees, translate, scale, shear, draws }: Draws["affine"]) {
  const ranges = { degrees, translate, scale, shear: [[shear[0], shear[1]], [shear[2], shear[3]]] } as const;
  const drawn = many("affine", (stream) => drawAffine(width, height, ranges, stream));
  const found = distances(drawn, draws, ({ angle, translate, scale, shear }, name) => {
    const numbers = {
      angle,
      right: translate[0],
      down: translate[1],
      scale,
      shearX: shear[0],
      shearY: shear[1],
    };
    return numbers[name];
  });
  return { drawn, distances: found };
}

/** Of the factors of ColorJitter. */
export function jitterDistances(golden: Draws["jitter"]) {
  const names = ["brightness", "contrast", "saturation", "hue"] as const;
  const ranges = names.map((name) => golden[name]);
  const drawn = many("jitter", (stream) => drawAdjustments(ranges, stream));
  const found = distances(
    drawn,
    golden.draws,
    (draw, name) => draw.find(({ index }) => names[index] === name)!.factor,
  );
  return { drawn, distances: found };
}
