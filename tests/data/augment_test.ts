import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { random } from "../../src/base/random.ts";
import {
  type Augmentation,
  colorJitter,
  randomAffine,
  randomHorizontalFlip,
  randomResizedCrop,
  randomRotation,
} from "../../src/data/augment.ts";
import { adjustBrightness, adjustHue, adjustSaturation } from "../../src/data/colour.ts";
import { drawAdjustments, drawAffine, drawWindow } from "../../src/data/draws.ts";
import { flip } from "../../src/data/picture.ts";
import { resizedCrop } from "../../src/data/resize.ts";
import { affine, rotate } from "../../src/data/warp.ts";
import { assertSamePicture, noise } from "./pixel_goldens.ts";

const picture = noise(40, 60);

/** The published notebook's training transforms, for a small picture. */
const published: readonly Augmentation[] = [
  randomResizedCrop({ size: 32, scale: [0.7, 1] }),
  randomHorizontalFlip(),
  colorJitter({ brightness: 0.3, contrast: 0.3, saturation: 0.3, hue: 0.15 }),
  randomRotation({ degrees: 20 }),
  randomAffine({ degrees: 0, translate: [0.1, 0.1], scale: [0.9, 1.1], shear: 10 }),
];

Deno.test("the same stream gives the same picture, another one another", () => {
  const run = (seed: number) => {
    const stream = random(seed, "augment");
    return published.reduce((changed, { made }) => made(changed, stream), picture);
  };
  assertSamePicture(run(1), run(1), "seed 1 twice");
  assertEquals([run(1).width, run(1).height], [32, 32]);
  const other = run(2).data;
  assert(run(1).data.some((value, i) => value !== other[i]), "seeds 1 and 2 give the same picture");
});

Deno.test("no augmentation changes the picture it is given", () => {
  const given = noise(30, 30);
  for (const { name, made } of published) {
    made(given, random(name));
    assertSamePicture(given, noise(30, 30), name);
  }
});

Deno.test("each augmentation is its draw followed by its operation", () => {
  const { width, height } = picture;
  for (let seed = 0; seed < 20; seed++) {
    const crop = drawWindow(width, height, [0.08, 1], [3 / 4, 4 / 3], random(seed));
    assertSamePicture(
      randomResizedCrop({ size: 9 }).made(picture, random(seed)),
      resizedCrop(picture, crop, 9, 9),
      "randomResizedCrop",
    );
    assertSamePicture(
      randomRotation({ degrees: [5, 60] }).made(picture, random(seed)),
      rotate(picture, random(seed).uniform(5, 60)),
      "randomRotation",
    );
    const ranges = {
      degrees: [-9, 9],
      translate: [0.2, 0.1],
      scale: [0.5, 2],
      shear: [[-1, 2], [3, 4]],
    } as const;
    assertSamePicture(
      randomAffine({ degrees: 9, translate: [0.2, 0.1], scale: [0.5, 2], shear: [-1, 2, 3, 4] })
        .made(picture, random(seed)),
      affine(picture, drawAffine(width, height, ranges, random(seed))),
      "randomAffine",
    );
  }
});

Deno.test("colorJitter applies only what is set, in the order drawn", () => {
  const orders = new Set<string>();
  for (let seed = 0; seed < 20; seed++) {
    const drawn = drawAdjustments([[0.4, 1.6], [0, 3], [-0.1, 0.1]], random(seed));
    const adjust = [adjustBrightness, adjustSaturation, adjustHue];
    const expected = drawn.reduce((changed, { index, factor }) => adjust[index](changed, factor), picture);
    const jitter = colorJitter({ brightness: 0.6, saturation: 2, hue: 0.1 });
    assertSamePicture(jitter.made(picture, random(seed)), expected, `seed ${seed}`);
    orders.add(drawn.map(({ index }) => index).join());
  }
  assertEquals(orders.size, 6);
  // Even a hue shift of 0 would change values, so nothing set must mean nothing done.
  assertSamePicture(colorJitter().made(picture, random(1)), picture, "nothing set");
});

Deno.test("a shear number shears along x only", () => {
  const row = { width: 31, height: 1, data: noise(31, 1).data };
  for (let seed = 0; seed < 10; seed++) {
    const sheared = randomAffine({ degrees: 0, shear: 40 }).made(row, random(seed));
    assertSamePicture(sheared, row, "a single row through the centre");
  }
});

Deno.test("randomHorizontalFlip flips a share p of the pictures, half of them unless told", () => {
  const small = noise(3, 2);
  const mirrored = flip(small).data.join();
  for (
    const [p, flips] of [[0, randomHorizontalFlip({ p: 0 })], [0.5, randomHorizontalFlip()], [
      1,
      randomHorizontalFlip({ p: 1 }),
    ]] as const
  ) {
    const stream = random("flip", p);
    let count = 0;
    for (let i = 0; i < 4000; i++) if (flips.made(small, stream).data.join() === mirrored) count++;
    // Three standard deviations of the share among 4,000 are 0.024.
    assertAlmostEquals(count / 4000, p, 0.024);
  }
});

Deno.test("the defaults are torchvision's and can be overridden by name", () => {
  assertEquals(randomResizedCrop({ size: 224 }).options, {
    size: 224,
    scale: [0.08, 1],
    ratio: [3 / 4, 4 / 3],
  });
  assertEquals(randomHorizontalFlip().options, { p: 0.5 });
  assertEquals(colorJitter().options, { brightness: 0, contrast: 0, saturation: 0, hue: 0 });
  assertEquals(randomAffine({ degrees: 3 }).options, {
    degrees: 3,
    translate: [0, 0],
    scale: [1, 1],
    shear: 0,
  });
  const larger = randomResizedCrop({ size: 8 }).with({ size: 12 }).made(picture, random(1));
  assertEquals([larger.width, larger.height], [12, 12]);
});

Deno.test("a setting that cannot be used is an error that names it", () => {
  const wrong: readonly [() => unknown, string][] = [
    [
      () => randomResizedCrop({ size: 0 }),
      'Cannot use "randomResizedCrop.size": expected a whole number of pixels',
    ],
    [
      () => randomResizedCrop({ size: 8, scale: [1, 0.7] }),
      '"randomResizedCrop.scale": expected [low, high] above 0',
    ],
    [
      () => randomResizedCrop({ size: 8 }).with({ ratio: [1] }),
      '"randomResizedCrop.ratio": expected [low, high]',
    ],
    [
      () => randomHorizontalFlip({ p: 1.5 }),
      '"randomHorizontalFlip.p": expected a number from 0 to 1, found 1.5',
    ],
    [() => colorJitter({ brightness: -0.1 }), '"colorJitter.brightness": expected a number of at least 0'],
    [() => colorJitter({ contrast: [-1, 1] }), '"colorJitter.contrast": expected'],
    [() => colorJitter({ hue: 0.6 }), "within -0.5 and 0.5, found 0.6"],
    [() => randomRotation({ degrees: -20 }), '"randomRotation.degrees": expected a number of at least 0'],
    [
      () => randomAffine({ degrees: 0, translate: [0.1, 2] }),
      '"randomAffine.translate": expected two numbers',
    ],
    [() => randomAffine({ degrees: 0, scale: [0, 1] }), '"randomAffine.scale": expected [low, high] above 0'],
    [() => randomAffine({ degrees: 0, shear: [4, 3] }), '"randomAffine.shear": expected'],
  ];
  for (const [make, sentence] of wrong) {
    const error = assertThrows(make, OnesheetError, sentence);
    assertEquals((error as OnesheetError).exitCode, 2);
  }
});
