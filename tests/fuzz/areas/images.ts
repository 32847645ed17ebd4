/** Pictures: every change that training makes to one. */
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation } from "../../../src/data/colour.ts";
import { framed } from "../../../src/data/framed.ts";
import { normalize } from "../../../src/data/normalize.ts";
import { flip, type Picture } from "../../../src/data/picture.ts";
import { resize, resizedCrop } from "../../../src/data/resize.ts";
import { affine, rotate } from "../../../src/data/warp.ts";
import type { Area, Generator, Question } from "../area.ts";
import type { Draw } from "../draw.ts";

/** Noise, a slope, a picture of black and white alone, or of one colour; small, narrow or long. */
export function picture(draw: Draw): Picture {
  const side = () => draw.chance(0.15) ? 1 : draw.chance(0.05) ? draw.int(100, 400) : draw.int(1, 24);
  const width = side(), height = width > 99 ? draw.int(1, 4) : side();
  const look = draw.pick("noise", "slope", "bits", "grey", "flat"), one = draw.ints(3, 256);
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    if (look === "flat") return one[i % 3];
    if (look === "bits") return draw.pick(0, 255);
    if (look === "noise") return draw.int(0, 255);
    const x = Math.floor(i / 3) % width, y = Math.floor(i / 3 / width);
    return (look === "grey" ? 0 : draw.int(0, 20)) + Math.round(235 * (x + y) / (width + height));
  });
  return { width, height, data };
}

const on = (settings: (draw: Draw, picture: Picture) => Record<string, unknown>): Generator => (draw) => {
  const drawn = picture(draw);
  return { settings: { picture: drawn, ...settings(draw, drawn) } };
};

const angle = (draw: Draw) =>
  draw.pick(0, 90, 180, 270, 45, -90, 1e-9, 89.999999, draw.uniform(-180, 180), draw.uniform(-720, 720));

const factor = on((draw) => ({ factor: draw.pick(0, 1, 2, 10, draw.uniform(0, 3)) }));

const kinds: Readonly<Record<string, Generator>> = {
  resize: on((draw, { width, height }) => ({
    width: draw.pick(1, width, draw.int(1, 60), draw.int(1, 60)),
    height: draw.pick(1, height, draw.int(1, 60), draw.int(1, 60)),
  })),
  resizedCrop: on((draw, picture) => {
    const [width, height] = [draw.int(1, picture.width), draw.int(1, picture.height)];
    const [x, y] = [draw.int(0, picture.width - width), draw.int(0, picture.height - height)];
    return { x, y, width, height, toWidth: draw.int(1, 40), toHeight: draw.int(1, 40) };
  }),
  framed: on((draw) => {
    const pixels = draw.int(1, 24);
    return { pixels, resize: pixels + draw.int(0, 8) };
  }),
  flip: on(() => ({})),
  rotate: on((draw) => ({ angle: angle(draw) })),
  affine: on((draw, { width, height }) => ({
    angle: angle(draw),
    translate: [draw.int(-width, width), draw.int(-height, height)],
    scale: draw.pick(1, 0.5, 2, 0.01, 50, draw.uniform(0.2, 3)),
    shear: [draw.pick(0, 45, draw.uniform(-60, 60)), draw.pick(0, draw.uniform(-60, 60))],
  })),
  brightness: factor,
  contrast: factor,
  saturation: factor,
  hue: on((draw) => ({ factor: draw.pick(0, 0.5, -0.5, 0.1, draw.uniform(-0.5, 0.5)) })),
  normalize: on((draw) => ({
    mean: [draw.uniform(0, 1), draw.uniform(0, 1), draw.uniform(0, 1)],
    std: [draw.uniform(0.05, 1), draw.uniform(0.05, 1), draw.uniform(0.05, 1)],
  })),
};

function answer({ kind, settings }: Question): unknown {
  // deno-lint-ignore no-explicit-any
  const s = settings as any, picture: Picture = s.picture;
  switch (kind) {
    case "resize":
      return resize(picture, s.width, s.height);
    case "resizedCrop":
      return resizedCrop(picture, s, s.toWidth, s.toHeight);
    case "framed":
      return framed(picture, s);
    case "flip":
      return flip(picture);
    case "rotate":
      return rotate(picture, s.angle);
    case "affine":
      return affine(picture, s);
    case "brightness":
      return adjustBrightness(picture, s.factor);
    case "contrast":
      return adjustContrast(picture, s.factor);
    case "saturation":
      return adjustSaturation(picture, s.factor);
    case "hue":
      return adjustHue(picture, s.factor);
    default: {
      const numbers = new Float32Array(picture.data.length);
      normalize(picture, s, numbers, 0);
      return numbers;
    }
  }
}

/** Pictures. */
export const images: Area = {
  name: "images",
  against: "Pillow below 13, torchvision on it",
  packages: ["torch", "torchvision", "PIL"],
  isComputed: false,
  limit: 0,
  kinds,
  answer,
};
