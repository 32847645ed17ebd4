/** Pictures out of files of every kind and mode. */
import { decodeWith } from "../../../src/data/decode.ts";
import type { Area, Generator } from "../area.ts";
import type { Draw } from "../draw.ts";
import { picture } from "./images.ts";

/** A file of one of these modes. */
const file =
  (modes: readonly string[], options: (draw: Draw) => Record<string, unknown>): Generator => (draw) => ({
    settings: { picture: picture(draw), mode: draw.pick(...modes), options: options(draw) },
  });

const kinds: Readonly<Record<string, Generator>> = {
  JPEG: file(["RGB", "RGB", "L", "CMYK"], (draw) => ({
    quality: draw.int(5, 100),
    subsampling: draw.int(0, 2),
    progressive: draw.chance(0.5),
    ...draw.chance(0.3) && { orientation: draw.int(1, 8) },
  })),
  PNG: file(["RGB", "RGBA", "L", "LA", "P", "1", "I;16"], (draw) => ({ compress_level: draw.int(0, 9) })),
  GIF: file(["P", "L", "RGB"], () => ({})),
  WEBP: file(["RGB", "RGBA", "L"], (draw) => ({ lossless: draw.chance(0.5), quality: draw.int(10, 100) })),
};

/** Files of pictures, by the decoder that gives Pillow's pixels. */
export const decoding: Area = {
  name: "decoding",
  against: "Pillow below 13",
  packages: ["PIL"],
  isComputed: false,
  limit: 0,
  kinds,
  answer: async (_, __, given) => {
    const { width, height, data } = await decodeWith("sharp", given as Uint8Array);
    return { width, height, data: Uint8Array.from(data) };
  },
};
