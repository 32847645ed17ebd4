/** The same pixels: decoded, changed at random, resized, normalized. */
import { crc32 } from "node:zlib";
import type { Random } from "../../src/base/random.ts";
import { bestDecoder, decode, decodeWith } from "../../src/data/decode.ts";
import { normalize } from "../../src/data/normalize.ts";
import type { Picture } from "../../src/data/picture.ts";
import { resize } from "../../src/data/resize.ts";
import {
  affineDistances,
  distanceLimit,
  type Draws,
  jitterDistances,
  windowDistances,
} from "../data/draw_goldens.ts";
import { goldenCases, goldenImage, goldenImages, goldenJson } from "../data/pixel_goldens.ts";
import { type Check, type Context, differing, largest, type Measure, most } from "./check.ts";
import { type Film, type Films, settings, withFilms } from "./films.ts";

/** Levels between two pictures; infinite between sizes. */
const levels = (found: Picture, expected: Picture): number =>
  found.width === expected.width ? largest(found.data, expected.data) : Infinity;

/** What is said of a check that needs sharp, where its addon does not load. */
const withoutSharp = { needs: "sharp's native addon" } as const;

async function decoded({ goldens }: Context): Promise<Check[]> {
  const folder = `${goldens}/pixels`, images = goldenImages(folder);
  const found: number[] = [];
  if (await bestDecoder() === "sharp") {
    for (const [name, expected] of images) {
      found.push(levels(await decodeWith("sharp", goldenImage(name, folder)), expected));
    }
  }
  return [{
    detail:
      `posters of any mode converted to RGB: ${images.size} files, JPEG, PNG, GIF, WebP, grey, CMYK, palette, alpha, 16 bit`,
    against: "Pillow 12.3.0",
    ...found.length > 0 ? { difference: most(found) } : withoutSharp,
    limit: 0,
    unit: "of 255 levels",
  }];
}

const operations = {
  resize: "Resize, antialiased bilinear, smaller and larger",
  resizedCrop: "the window of RandomResizedCrop, antialiased bilinear",
  flip: "horizontal flip",
  brightness: "ColorJitter: brightness",
  contrast: "ColorJitter: contrast",
  saturation: "ColorJitter: saturation",
  hue: "ColorJitter: hue",
  rotate: "RandomRotation, nearest, fill 0",
  affine: "RandomAffine: translate, scale, shear, nearest, fill 0",
} as const;

function changed({ goldens }: Context): Promise<Check[]> {
  return Promise.resolve(
    Object.entries(operations).map(([op, detail]) => {
      const cases = [...goldenCases(op as keyof typeof operations, `${goldens}/pixels`)];
      return {
        detail: `${detail}: ${cases.length} cases`,
        against: "torchvision 0.28.0 on Pillow 12.3.0",
        difference: most(cases.map(({ run, expected }) => levels(run(), expected))),
        limit: 0,
        unit: "of 255 levels",
      };
    }),
  );
}

function normalized({ goldens }: Context): Promise<Check[]> {
  const data = Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3));
  const out = new Float32Array(768);
  normalize({ width: 256, height: 1, data }, settings, out, 0);
  return Promise.resolve([{
    detail: "[0, 1], then ImageNet mean and std: every byte in each channel",
    against: "torchvision 0.28.0",
    difference: largest(out, Float32Array.from(goldenJson<number[]>("normalize.json", `${goldens}/pixels`))),
    limit: 0,
    unit: "absolute",
  }]);
}

/** Gives the numbers of a tape; a range of one number needs none, as in torch. */
const played = (tape: readonly (number | readonly number[])[]): Random => {
  let at = 0;
  const next = () => tape[at++] as number;
  return {
    uniform: (low, high) => low !== undefined && low === high ? low : next(),
    integer: next,
    normal: next,
    permutation: () => Int32Array.from(tape[at++] as readonly number[]),
  };
};

const checksum = (numbers: Float32Array): number => crc32(new Uint8Array(numbers.slice().buffer));

/** Checksums of the set's pictures as the library makes them: validation rows, and training rows by their tapes. */
async function checksums({ expected: { train }, set, posters }: Films): Promise<[number[], number[]]> {
  const { pixels, augment } = settings;
  const size = pixels * pixels * 3;
  const { size: rows, batch } = set.validation;
  const { image: { data } } = (await batch(Int32Array.from({ length: rows }, (_, i) => i))).inputs;
  const seen = Array.from({ length: rows }, (_, i) => data.slice(i * size, (i + 1) * size) as Float32Array);
  const trained = train.map(async ({ row, tape }) => {
    const stream = played(tape);
    const poster = await decode(posters.get(row)!);
    const picture = augment.reduce((changed, { made }) => made(changed, stream), poster);
    const out = new Float32Array(size);
    normalize(resize(picture, pixels, pixels), settings, out, 0);
    return checksum(out);
  });
  return [seen.map(checksum), await Promise.all(trained)];
}

const pictures: Measure = (context) =>
  withFilms(context, async (films) => {
    const { validation, train } = films.expected;
    const [seen, trained] = await bestDecoder() === "sharp" ? await checksums(films) : [];
    const against = "torchvision 0.28.0 on Pillow 12.3.0 and datasets 5.2.0";
    const compared = (found: readonly number[] | undefined, side: readonly Film[]) => ({
      against,
      ...found ? { difference: differing(found, side.map(({ picture }) => picture)) } : withoutSharp,
      limit: 0,
      unit: `of ${side.length} pictures`,
    });
    return [
      {
        detail: "validation pictures: poster file to normalized 224 x 224 numbers, bit for bit",
        ...compared(seen, validation),
      },
      {
        detail:
          "training pictures: the five changes in their order and settings, on torchvision's own random " +
          "numbers, bit for bit",
        ...compared(trained, train),
      },
    ];
  });

function drawn({ goldens }: Context): Promise<Check[]> {
  const { windows, affine, jitter } = goldenJson<Draws>("draws.json", `${goldens}/pixels`);
  const all = [...windows.map(windowDistances), affineDistances(affine), jitterDistances(jitter)];
  const distances = all.flatMap(({ distances }) => Object.values<number>(distances));
  return Promise.resolve([{
    detail:
      `random windows, maps and factors: distributions of ${distances.length} parameters, 40,000 draws on each side`,
    against: "torchvision 0.28.0",
    difference: most(distances),
    limit: distanceLimit,
    unit: "Kolmogorov-Smirnov distance",
  }]);
}

/** Details of the pictures. */
export const pixels: readonly Measure[] = [decoded, changed, normalized, pictures, drawn];
