/** The native decoder: sharp on libvips. Its options are chosen so that it decodes what Pillow decodes, equally. */
import type { ImageHeader } from "./image_header.ts";
import type { Samples } from "./samples.ts";

const load = async () => {
  const { default: sharp } = await import("sharp");
  sharp.cache(false); // no file is decoded twice, and keeping results costs a tenth of the time
  return sharp;
};

let loaded: ReturnType<typeof load> | undefined;

/**
 * Decodes JPEG, PNG, WebP, TIFF and AVIF, of several pictures the first; rejects with sharp's error where the file is broken. A JPEG in colour is brought to the
 * size `about`, if given: decoded at 1/2, 1/4 or 1/8 where that is no smaller, then by triangles.
 */
export async function decodeNatively(
  bytes: Uint8Array,
  { format, pixels }: ImageHeader,
  limits: { readonly pixels: number; readonly seconds: number },
  about?: { readonly width: number; readonly height: number },
): Promise<Samples> {
  const sharp = await (loaded ??= load());
  // "error" forgives what Pillow forgives, such as stray bytes between JPEG segments; the default does not.
  const image = sharp(bytes, { failOn: "error", ignoreIcc: true, limitInputPixels: limits.pixels })
    .timeout({ seconds: limits.seconds });
  if (about !== undefined && format === "JPEG" && pixels === "plain") {
    image.resize({ ...about, fit: "fill", kernel: "linear" });
  }
  // As Pillow does for TIFF alone.
  if (format === "TIFF") image.autoOrient();
  if (pixels === "cmyk") image.pipelineColourspace("cmyk").toColourspace("cmyk");
  if (pixels === "grey16") image.toColourspace("grey16");
  const { data, info } = await image.raw({ depth: pixels === "grey16" ? "ushort" : "uchar" })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return {
    width,
    height,
    channels,
    data: pixels === "grey16"
      ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2)
      : new Uint8Array(data.buffer, data.byteOffset, data.length),
  };
}
