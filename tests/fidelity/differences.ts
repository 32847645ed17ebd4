/** Where ours differs on purpose or for want of something, and by how much at most. */
import { decodeWith } from "../../src/data/decode.ts";
import { tokenizer } from "../../src/data/tokens.ts";
import { goldenImage, goldenImages } from "../data/pixel_goldens.ts";
import { type Check, type Context, largest, type Measure, most, readJson } from "./check.ts";

/** Levels that the portable JPEG decoder may be off: it rounds otherwise than libjpeg. */
const LEVELS = 3;

async function portableDecoder({ goldens }: Context): Promise<Check[]> {
  const folder = `${goldens}/pixels`, images = goldenImages(folder);
  const jpeg: number[] = [], lossless: number[] = [];
  for (const [name, expected] of images) {
    const picture = await decodeWith("imagescript", goldenImage(name, folder)).catch(() => undefined);
    const difference = picture === undefined ? Infinity : largest(picture.data, expected.data);
    if (difference <= LEVELS) (name.endsWith(".jpg") ? jpeg : lossless).push(difference);
  }
  const near = jpeg.length + lossless.length;
  const rows = [
    [`JPEG by WebAssembly (${jpeg.length} files)`, most(jpeg), LEVELS, "of 255 levels"],
    [`PNG and GIF (${lossless.length} files)`, most(lossless), 0, "of 255 levels"],
    [
      "what is refused or farther off (WebP, CMYK without Adobe's marker, dark grey of 16 bit)",
      images.size - near,
      6,
      `of ${images.size} files`,
    ],
  ] as const;
  return rows.map(([what, difference, limit, unit]) => ({
    detail: `without sharp's native addon: ${what}`,
    against: "Pillow 12.3.0",
    difference,
    limit,
    unit,
  }));
}

/** How the reference splits "a" + character + "b", from this code point up to the next entry's. */
type Runs = readonly (readonly [from: number, tokens: string])[];

function characters({ goldens }: Context): Promise<Check[]> {
  const runs = readJson<Runs>(`${goldens}/tokens/characters.json`);
  const { encode } = tokenizer({ vocab: ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "##b"] });
  const tokensOf = (point: number): string => {
    const { ids, mask } = encode([`a${String.fromCodePoint(point)}b`], 8);
    return ids.subarray(1, mask.lastIndexOf(1)).join("");
  };
  let different = 0, count = 0;
  runs.forEach(([from, tokens], i) => {
    const end = runs[i + 1]?.[0] ?? 0x110000;
    for (let point = from; point < end; point++) {
      if (point >= 0xd800 && point < 0xe000) continue;
      // Beyond the third plane is little but private use: one in 64 tells, and the last of each kind.
      if (point >= 0x40000 && point % 64 !== 0 && point < end - 1) continue;
      count++;
      if (tokensOf(point) !== tokens) different++;
    }
  });
  return Promise.resolve([{
    detail:
      "characters whose kind Unicode changed after version 8, which the reference's tables are of, split words otherwise",
    against: "transformers 5.23.0, tokenizers 0.23.3",
    difference: different,
    limit: 618,
    unit: `of ${count.toLocaleString("en")} characters tried`,
  }]);
}

/** What differs, and by how much. */
export const differences: readonly Measure[] = [portableDecoder, characters];
