/**
 * GIF, the first frame, by the WebAssembly module inside `imagescript` on every machine: sharp turns transparent
 * pixels black, while Pillow keeps the colour their palette entry has.
 */
import { blank } from "./picture.ts";
import type { Samples } from "./samples.ts";

interface GifDecoder {
  /** `buffer`: RGBA. */
  frame(): { x: number; y: number; width: number; height: number; buffer: Uint8Array } | null;
}
interface GifModule {
  readonly default: { init(): Promise<{ Decoder: new (bytes: Uint8Array) => GifDecoder }> };
}

/** The picture's size, and the colour of what the first frame leaves open. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly colour: Uint8Array;
}

/**
 * Reads up to the first frame's descriptor; throws `RangeError` where the file ends before.
 * The canvas is the logical screen, widened by a frame that leaves it; it begins in the transparent colour of the
 * palette, or else its first. Source: GIF89a, https://www.w3.org/Graphics/GIF/spec-gif89a.txt
 */
export function gifCanvas(bytes: Uint8Array): Canvas {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const paletteBytes = (flags: number): number => flags & 0x80 ? 3 * (2 << (flags & 7)) : 0;
  let palette = 13;
  let index = 0;
  let at = palette + paletteBytes(view.getUint8(10));
  while (view.getUint8(at) === 0x21) {
    // Graphic control extension: size, flags (bit 0: transparent), delay (2 bytes), transparent index.
    if (view.getUint8(at + 1) === 0xf9 && (view.getUint8(at + 3) & 1) === 1) index = view.getUint8(at + 6);
    for (at += 2; view.getUint8(at) > 0;) at += view.getUint8(at) + 1;
    at++;
  }
  if (paletteBytes(view.getUint8(at + 9)) > 0) palette = at + 10;
  const side = (screen: number, frame: number): number =>
    Math.max(view.getUint16(screen, true), view.getUint16(frame, true) + view.getUint16(frame + 4, true));
  return {
    width: side(6, at + 1),
    height: side(8, at + 3),
    colour: bytes.subarray(palette + index * 3, palette + index * 3 + 3),
  };
}

/** The first frame on its canvas; rejects with the module's error where the file is broken. */
export async function decodeGif(bytes: Uint8Array): Promise<Samples> {
  const wasm = await import("imagescript/wasm/node/gif.js") as GifModule;
  const { Decoder } = await wasm.default.init();
  const frame = new Decoder(bytes).frame();
  if (frame === null) throw new Error("it has no frame");
  const { width, height, colour } = gifCanvas(bytes);
  const out = blank(width, height);
  if (frame.width < width || frame.height < height) {
    for (let i = 0; i < out.data.length; i += 3) out.data.set(colour, i);
  }
  for (let y = 0, from = 0; y < frame.height; y++) {
    let to = ((y + frame.y) * width + frame.x) * 3;
    for (let x = 0; x < frame.width; x++, from += 4) {
      out.data[to++] = frame.buffer[from];
      out.data[to++] = frame.buffer[from + 1];
      out.data[to++] = frame.buffer[from + 2];
    }
  }
  return { ...out, channels: 3 };
}
