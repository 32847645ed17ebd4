/**
 * Image files to pictures. `sharp` decodes as Pillow does, bit for bit; where its native addon does not load, the
 * WebAssembly decoders of `imagescript` take its place (no WebP; JPEG within 3 levels).
 */
import { messageOf, OnesheetError } from "../base/errors.ts";
import { decodeGif } from "./decode_gif.ts";
import { decodePortably } from "./decode_imagescript.ts";
import { decodeNatively } from "./decode_sharp.ts";
import { type ImageHeader, imageHeader } from "./image_header.ts";
import type { Picture } from "./picture.ts";
import { type Samples, toRgb } from "./samples.ts";

/**
 * The largest picture that is decoded, in pixels. The largest poster of MM-IMDb has 175 million and takes 525 MB
 * as RGB; a small file can claim billions, so the claim is checked before a decoder reserves memory for it.
 */
export const pixelLimit = 200e6;

/**
 * The same without native code: a WebAssembly decoder holds a picture several times over, and what it held is not given
 * back at once, so that four pictures of 196 million pixels were seen to take 7 GB.
 */
export const portablePixelLimit = 50e6;

/** The decoders by name: `sharp` is native, `imagescript` is WebAssembly. */
export type Decoder = "sharp" | "imagescript";

/** Width and height, in pixels. */
export type Size = Pick<Picture, "width" | "height">;

type Decode = (bytes: Uint8Array, header: ImageHeader, about?: Size) => Promise<Samples>;

const decoders: Record<Decoder, Decode> = { sharp: decodeNatively, imagescript: decodePortably };

let best: Promise<Decoder> | undefined;

/** The decoder `decode` uses on this machine: sharp where its native addon loads, otherwise imagescript. */
export const bestDecoder = (): Promise<Decoder> =>
  best ??= import("sharp").then(() => "sharp", () => "imagescript");

/** `decode` with the decoder of this name; brought to the size `about`, if given, where that spares decoding. */
export async function decodeWith(decoder: Decoder, bytes: Uint8Array, about?: Size): Promise<Picture> {
  const header = imageHeader(bytes);
  const { format, width, height } = header;
  const isNative = decoder === "sharp" && format !== "GIF";
  const limit = isNative ? pixelLimit : portablePixelLimit;
  if (width * height > limit) {
    throw new OnesheetError(
      `Cannot decode this ${format} image${isNative ? "" : " without native code"}: expected at most ${
        limit / 1e6
      } million pixels, found ${width} by ${height}; make it smaller or leave it out`,
    );
  }
  try {
    if (format === "GIF") return await decodeGif(bytes);
    return toRgb(await decoders[decoder](bytes, header, about), header.pixels);
  } catch (cause) {
    if (cause instanceof OnesheetError) throw cause;
    throw new OnesheetError(
      `Cannot decode this ${format} image: expected ${width} by ${height} whole pixels, ` +
        `found a broken file (${messageOf(cause).split("\n")[0]}); fetch it again or leave it out`,
      { cause },
    );
  }
}

/**
 * The picture in a JPEG, PNG, GIF or WebP file (of several, the first), as Pillow's
 * `Image.open(file).convert("RGB")` gives it: alpha is dropped, colour profiles and EXIF rotation are ignored.
 * Throws `OnesheetError` for another format, more than `pixelLimit` pixels, and a broken file.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { decode } from "./decode.ts";
 * const gif = "R0lGODdhAQABAIAAAMgyCgAAACwAAAAAAQABAAACAkQBADs=";
 * const picture = await decode(Uint8Array.from(atob(gif), (c) => c.charCodeAt(0)));
 * assertEquals([...picture.data], [200, 50, 10]);
 * ```
 */
export const decode = async (bytes: Uint8Array): Promise<Picture> => decodeWith(await bestDecoder(), bytes);
