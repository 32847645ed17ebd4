/** What an image file says about itself in its first bytes: read before any decoder is given the rest. */
import { OnesheetError } from "../base/errors.ts";
import { gifCanvas } from "./decode_gif.ts";
import { avifSize, mediaBrands } from "./header_avif.ts";
import { isTiff, tiffHeader as readTiff } from "./header_tiff.ts";

/** Endings of the files that are decoded, in lower case. */
export const imageEndings: readonly string[] = [
  ...[".jpg", ".jpeg", ".jfif", ".png", ".gif", ".webp", ".tif", ".tiff", ".avif"],
];

/** Format and size of an image file, and how its pixels become RGB. */
export interface ImageHeader {
  readonly format: "JPEG" | "PNG" | "GIF" | "WebP" | "TIFF" | "AVIF";
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** `cmyk`: four inks; `grey16`: grey of 16 bits; `plain`: everything whose RGB values a decoder gives at once. */
  readonly pixels: "plain" | "cmyk" | "grey16";
}

const plain = (format: ImageHeader["format"], width: number, height: number): ImageHeader => ({
  format,
  width,
  height,
  pixels: "plain",
});

/** The characters at a place; fewer where the file ends. */
const text = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length));

/** PNG: the IHDR chunk comes first. https://www.w3.org/TR/png-3/#11IHDR */
function pngHeader(view: DataView): ImageHeader {
  const grey16 = view.getUint8(24) === 16 && view.getUint8(25) === 0;
  return { ...plain("PNG", view.getUint32(16), view.getUint32(20)), pixels: grey16 ? "grey16" : "plain" };
}

/** JPEG: segments up to the frame header SOF0 … SOF15. ITU-T T.81, B.2.2. */
function jpegHeader(view: DataView): ImageHeader {
  let at = 2;
  while (true) {
    const marker = view.getUint8(at + 1);
    if (view.getUint8(at) !== 0xff || marker === 0xff) {
      at++; // fill bytes, or bytes that decoders skip with a warning
      continue;
    }
    const hasNoLength = marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd8);
    // C4, C8 and CC lie among the frame markers and are tables and an extension.
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) {
      const pixels = view.getUint8(at + 9) === 4 ? "cmyk" : "plain";
      return { ...plain("JPEG", view.getUint16(at + 7), view.getUint16(at + 5)), pixels };
    }
    at += 2 + (hasNoLength ? 0 : view.getUint16(at + 2));
  }
}

/** WebP: the first chunk tells lossy, lossless or extended. RFC 9649. */
function webpHeader(view: DataView, chunk: string): ImageHeader {
  if (chunk === "VP8X") {
    const triple = (at: number): number => view.getUint16(at, true) + view.getUint8(at + 2) * 65536 + 1;
    return plain("WebP", triple(24), triple(27));
  }
  if (chunk === "VP8L") {
    const bits = view.getUint32(21, true);
    return plain("WebP", (bits & 0x3fff) + 1, (bits >>> 14 & 0x3fff) + 1);
  }
  return plain("WebP", view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff);
}

/** TIFF: what Pillow reads as whole numbers of 8 or 16 bits. */
function tiffHeader(view: DataView): ImageHeader {
  const { width, height, bits, photometric, format } = readTiff(view);
  if (format !== 1 || bits > 16) {
    throw new OnesheetError(
      `Cannot decode this TIFF image: expected whole numbers of up to 16 bits, found ${bits} bits` +
        `${format === 3 ? " of floating point" : ""}; convert it to JPEG or PNG`,
    );
  }
  const grey16 = bits === 16 && photometric <= 1;
  return {
    ...plain("TIFF", width, height),
    pixels: photometric === 5 ? "cmyk" : grey16 ? "grey16" : "plain",
  };
}

/** A single picture; sharp does not read sequences of them. */
const isAvif = (view: DataView): boolean => {
  const brands = mediaBrands(view);
  return brands[0] !== "avis" && brands.includes("avif");
};

/** The name of a format that is known and not decoded. */
function otherFormat(bytes: Uint8Array, view: DataView): string | undefined {
  const begins = (start: string) => text(bytes, 0, start.length) === start;
  const [brand] = mediaBrands(view);
  if (brand === "avis") return "an animated AVIF";
  if (brand !== undefined) return /^(hei|hev|mif|msf)/.test(brand) ? "HEIC" : "a video";
  if (begins("BM")) return "BMP";
  if (begins("\x00\x00\x01\x00")) return "ICO";
  if (begins("\x00\x00\x00\x0cjP  ") || begins("\xff\x4f\xff\x51")) return "JPEG 2000";
  if (begins("\xff\x0a") || begins("\x00\x00\x00\x0cJXL ")) return "JPEG XL";
  if (begins("8BPS")) return "a Photoshop file";
  if (begins("%PDF")) return "PDF";
  if (/^[\s\xef\xbb\xbf]*(<\?xml[^]*)?<svg/i.test(text(bytes, 0, 1000))) return "SVG";
}

/**
 * The header of a JPEG, PNG, GIF, WebP, TIFF or AVIF file.
 * Throws `OnesheetError` for another format and for a file that ends too early or names no size.
 */
export function imageHeader(bytes: Uint8Array): ImageHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let header: ImageHeader | undefined;
  try {
    if (text(bytes, 0, 3) === "\xff\xd8\xff") header = jpegHeader(view);
    else if (text(bytes, 0, 8) === "\x89PNG\r\n\x1a\n") header = pngHeader(view);
    else if (/^GIF8[79]a/.test(text(bytes, 0, 6))) {
      const { width, height } = gifCanvas(bytes);
      header = plain("GIF", width, height);
    } else if (text(bytes, 0, 4) === "RIFF" && text(bytes, 8, 4) === "WEBP") {
      header = webpHeader(view, text(bytes, 12, 4));
    } else if (isTiff(view)) header = tiffHeader(view);
    else if (isAvif(view)) {
      const { width, height } = avifSize(view);
      header = plain("AVIF", width, height);
    }
  } catch (cause) {
    if (cause instanceof OnesheetError) throw cause;
    throw new OnesheetError(
      `Cannot decode this image: expected a header with its size, found the end after ${bytes.length} bytes; ` +
        "fetch the file again",
      { cause },
    );
  }
  if (header === undefined) {
    const found = otherFormat(bytes, view) ??
      `${bytes.length} bytes that begin with ${JSON.stringify(text(bytes, 0, 8))}`;
    throw new OnesheetError(
      `Cannot decode this image: expected JPEG, PNG, GIF, WebP, TIFF or AVIF, found ${found}; convert it to JPEG or PNG`,
    );
  }
  if (header.width === 0 || header.height === 0) {
    throw new OnesheetError(
      `Cannot decode this ${header.format} image: expected at least 1 pixel, ` +
        `found ${header.width} by ${header.height}; fetch the file again`,
    );
  }
  return header;
}
