/** Reads tests/golden/pixels: what Pillow and torchvision give. */
import { assert } from "@std/assert";
import { fileURLToPath } from "node:url";
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation } from "../../src/data/colour.ts";
import { flip, type Picture } from "../../src/data/picture.ts";
import { resize, resizedCrop } from "../../src/data/resize.ts";
import { affine, rotate } from "../../src/data/warp.ts";

/** Where the goldens are; each reader takes another folder. */
const goldens = fileURLToPath(new URL("../golden/pixels", import.meta.url));

/** A golden JSON file, of the shape its script gave it. */
export const goldenJson = <Shape>(name: string, folder = goldens): Shape =>
  JSON.parse(Deno.readTextFileSync(`${folder}/${name}`)) as Shape;

/** A golden image file. */
export const goldenImage = (name: string, folder = goldens): Uint8Array =>
  Deno.readFileSync(`${folder}/images/${name}`);

/** Every golden image file's name with what Pillow decodes it to. */
export function goldenImages(folder = goldens): Map<string, Picture> {
  const images = goldenJson<Record<string, { width: number; height: number; rgb: string }>>(
    "images.json",
    folder,
  );
  return new Map(
    Object.entries(images).map(([name, { rgb, ...size }]) => [
      name,
      { ...size, data: Uint8Array.from(atob(rgb), (char) => char.charCodeAt(0)) },
    ]),
  );
}

interface Stored {
  readonly width: number;
  readonly height: number;
  readonly at: number;
}
interface Transforms {
  readonly inputs: Readonly<Record<string, Stored>>;
  readonly cases: readonly {
    readonly op: keyof typeof operations;
    readonly input: string;
    readonly values: readonly number[];
    readonly output: Stored;
  }[];
}

/** The golden operations, their parameters as a list. */
const operations = {
  brightness: (picture: Picture, [factor]: readonly number[]) => adjustBrightness(picture, factor),
  contrast: (picture: Picture, [factor]: readonly number[]) => adjustContrast(picture, factor),
  saturation: (picture: Picture, [factor]: readonly number[]) => adjustSaturation(picture, factor),
  hue: (picture: Picture, [shift]: readonly number[]) => adjustHue(picture, shift),
  rotate: (picture: Picture, [degrees]: readonly number[]) => rotate(picture, degrees),
  affine: (picture: Picture, [angle, right, down, scale, x, y]: readonly number[]) =>
    affine(picture, { angle, translate: [right, down], scale, shear: [x, y] }),
  resize: (picture: Picture, [width, height]: readonly number[]) => resize(picture, width, height),
  resizedCrop: (picture: Picture, [x, y, width, height, toWidth, toHeight]: readonly number[]) =>
    resizedCrop(picture, { x, y, width, height }, toWidth, toHeight),
  flip: (picture: Picture) => flip(picture),
};

/** An operation's golden cases: what it is given, what it gives here, and what it gives there. */
export function* goldenCases(op?: keyof typeof operations, folder = goldens) {
  const { inputs, cases } = goldenJson<Transforms>("transforms.json", folder);
  const bytes = Deno.readFileSync(`${folder}/transforms.bin`);
  const stored = ({ width, height, at }: Stored): Picture => ({
    width,
    height,
    data: bytes.subarray(at, at + width * height * 3),
  });
  for (const { op: found, input, values, output } of cases) {
    if (op !== undefined && found !== op) continue;
    const picture = stored(inputs[input]);
    const run = () => operations[found](picture, values);
    yield { what: `${found}(${values}) of "${input}"`, picture, run, expected: stored(output) };
  }
}

/** Checks every golden case of the operation, value by value. */
export function assertEqualsGoldens(op: keyof typeof operations): void {
  const own = [...goldenCases(op)];
  assert(own.length > 0, `there are no goldens of ${op}`);
  for (const { what, picture, run, expected } of own) {
    const before = picture.data.slice();
    assertSamePicture(run(), expected, what);
    assertSamePicture({ ...picture, data: before }, picture, `the input of ${op}`);
  }
}

/** Checks size and values; tells how many values differ, and by how much at most. */
export function assertSamePicture(actual: Picture, expected: Picture, what: string, tolerance = 0): void {
  assert(
    actual.width === expected.width && actual.height === expected.height,
    `${what}: expected ${expected.width} by ${expected.height}, found ${actual.width} by ${actual.height}`,
  );
  assert(actual.data.length === expected.data.length, `${what}: ${actual.data.length} values`);
  let worst = 0, count = 0;
  for (let i = 0; i < expected.data.length; i++) {
    const difference = Math.abs(actual.data[i] - expected.data[i]);
    worst = Math.max(worst, difference);
    if (difference > tolerance) count++;
  }
  assert(count === 0, `${what}: ${count} of ${expected.data.length} values differ, by up to ${worst}`);
}

/** A picture of uniform noise, the same for the same size. */
export function noise(width: number, height: number): Picture {
  const data = new Uint8Array(width * height * 3);
  let state = 1;
  for (let i = 0; i < data.length; i++) {
    state = Math.imul(state, 1664525) + 1013904223 | 0;
    data[i] = state >>> 24;
  }
  return { width, height, data };
}
