/** What is kept of a poster, so that no epoch decodes it again. */
import { bestDecoder, decode, decodeWith, type Size } from "./decode.ts";
import { type Frame, framed } from "./framed.ts";
import { imageHeader } from "./image_header.ts";
import type { Picture } from "./picture.ts";
import { resize } from "./resize.ts";

/**
 * A validation poster of more pixels is decoded reduced, to 4 times the pixels that are wanted, so that the largest of
 * them (175 million pixels) takes neither seconds nor half a gigabyte.
 */
const GIANT = 24e6;

/** The size with this shorter side, of the same proportions; never larger. */
export function reduced({ width, height }: Size, shorterSide: number): Size {
  const scale = Math.min(1, shorterSide / Math.min(width, height));
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

/** The picture of a file brought to a size: by its decoder where that can, by `resize` otherwise. */
async function decodeAt(bytes: Uint8Array, { width, height }: Size): Promise<Picture> {
  return resize(await decodeWith(await bestDecoder(), bytes, { width, height }), width, height);
}

let giants: Promise<unknown> = Promise.resolve();

/** Does work on a file; on one giant at a time, because each takes up to two gigabytes. */
async function inTurn<T>({ width, height }: Size, giant: number, work: () => Promise<T>): Promise<T> {
  if (width * height <= giant) return await work();
  const turn = giants.then(work, work);
  giants = turn.catch(() => {});
  return await turn;
}

/** A file that is to be kept as it is, once it was seen to decode. */
export async function wholeFile(bytes: Uint8Array): Promise<Uint8Array> {
  await inTurn(imageHeader(bytes), GIANT, () => decode(bytes));
  return bytes;
}

/** A training poster, its shorter side at most `shorterSide`; exact where it is not larger. */
export async function trainingPicture(bytes: Uint8Array, shorterSide: number): Promise<Picture> {
  const { width, height } = imageHeader(bytes);
  return await inTurn({ width, height }, GIANT, async () => {
    if (Math.min(width, height) <= shorterSide) return await decode(bytes);
    return {
      ...await decodeAt(bytes, reduced({ width, height }, shorterSide)),
      reducedFrom: { width, height },
    };
  });
}

/** A picture as a model is shown it without chance, in its frame. One of more pixels than `giant` is decoded reduced. */
export async function plainPicture(
  bytes: Uint8Array,
  frame: Frame,
  giant: number = GIANT,
): Promise<Picture> {
  const header = imageHeader(bytes);
  const isGiant = header.width * header.height > giant;
  return await inTurn(header, giant, async () => {
    const picture = isGiant ? await decodeAt(bytes, reduced(header, 4 * frame.pixels)) : await decode(bytes);
    return framed(picture, frame);
  });
}
