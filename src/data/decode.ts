/**
 * Image files to pictures. `sharp` decodes as Pillow does, bit for bit; where its native addon does not load, the
 * WebAssembly decoders of `imagescript` take its place (JPEG, within 3 levels, PNG and GIF alone).
 */
import { messageOf, OnesheetError } from "../base/errors.ts";
import { decodeGif } from "./decode_gif.ts";
import { decodePortably } from "./decode_imagescript.ts";
import { decodeNatively } from "./decode_sharp.ts";
import { decodeAside } from "./decode_thread.ts";
import { imageHeader } from "./image_header.ts";
import { jpegScans } from "./jpeg_scans.ts";
import type { Picture } from "./picture.ts";
import { toRgb } from "./samples.ts";

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

/** Seconds after which a decoder is given up. */
const SECONDS = 60;

/**
 * Scans of a JPEG file that are decoded. Encoders write about 10; of a file of 2,646 scans in 170 KB a decoder was seen to
 * take 22 seconds.
 */
const SCANS = 100;

/** The decoders by name: `sharp` is native, `imagescript` is WebAssembly. */
export type Decoder = "sharp" | "imagescript";

/** Width and height, in pixels. */
export type Size = Pick<Picture, "width" | "height">;

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
  const scans = format === "JPEG" ? jpegScans(bytes) : 1;
  if (scans > SCANS) {
    throw new OnesheetError(
      `Cannot decode this JPEG image: expected at most ${SCANS} scans, found ${scans}; save it anew or leave it out`,
    );
  }
  try {
    const samples = isNative
      ? await decodeNatively(bytes, header, { pixels: pixelLimit, seconds: SECONDS }, about)
      : await decodeAside(format === "GIF" ? decodeGif : decodePortably, bytes, header, SECONDS);
    return toRgb(samples, header.pixels);
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
 * The picture in a JPEG, PNG, GIF, WebP, TIFF or AVIF file (of several, the first), as Pillow's
 * `Image.open(file).convert("RGB")` gives it: alpha is dropped, colour profiles and EXIF rotation are ignored, but for the orientation of a TIFF file.
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
