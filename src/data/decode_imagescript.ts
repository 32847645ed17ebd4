/**
 * The decoder without native code: the WebAssembly modules inside `imagescript`. The package's own entry point is
 * not used: it loads a native addon, and copies pixel by pixel.
 */
import { OnesheetError } from "../base/errors.ts";
import type { ImageHeader } from "./image_header.ts";
import type { Samples } from "./samples.ts";

/** A fresh WebAssembly instance; it is dropped after one image, and its memory with it. */
interface Wasm<Instance> {
  readonly default: { init(): Promise<Instance> };
}
interface JpegDecoder {
  /** `format`: 0 grey, 1 RGB, 2 CMYK. */
  decode(bytes: Uint8Array): { width: number; height: number; format: 0 | 1 | 2; buffer: Uint8Array };
}
interface PngDecoder {
  /** `framebuffer`: RGBA. */
  decode(bytes: Uint8Array): { width: number; height: number; framebuffer: Uint8Array };
}

/** The PNG file without its tRNS chunk: the decoder turns pixels of a transparent colour black, Pillow does not. */
function withoutTransparency(png: Uint8Array): Uint8Array {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  for (let at = 8; at + 8 <= png.length;) {
    const next = at + 12 + view.getUint32(at);
    // "tRNS" and "IDAT", which tRNS precedes.
    if (view.getUint32(at + 4) === 0x74524e53) {
      const out = new Uint8Array(png.length - (next - at));
      out.set(png.subarray(0, at));
      out.set(png.subarray(next), at);
      return out;
    }
    if (view.getUint32(at + 4) === 0x49444154) break;
    at = next;
  }
  return png;
}

/** Decodes JPEG and PNG; throws the module's error where the file is broken, `OnesheetError` for WebP. */
export async function decodePortably(bytes: Uint8Array, { format, pixels }: ImageHeader): Promise<Samples> {
  if (format === "JPEG") {
    const wasm = await import("imagescript/wasm/node/jpeg.js") as Wasm<JpegDecoder>;
    const { width, height, format: layout, buffer } = (await wasm.default.init()).decode(bytes);
    return { width, height, channels: [1, 3, 4][layout], data: buffer };
  }
  if (format === "PNG") {
    const wasm = await import("imagescript/wasm/node/png.js") as Wasm<PngDecoder>;
    const { width, height, framebuffer } = (await wasm.default.init()).decode(withoutTransparency(bytes));
    if (pixels !== "grey16") return { width, height, channels: 4, data: framebuffer };
    // Only the high byte of a 16-bit value comes through.
    return { width, height, channels: 4, data: Uint16Array.from(framebuffer, (high) => high << 8) };
  }
  throw new OnesheetError(
    `Cannot decode this ${format} image: expected JPEG, PNG or GIF where sharp does not load; ` +
      "install sharp or convert the image",
  );
}
