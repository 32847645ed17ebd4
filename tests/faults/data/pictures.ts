/** Image files as no one should have made them, some small and some that unfold. */
import { Buffer } from "node:buffer";
import { crc32, createDeflate } from "node:zlib";
import { encodeJpeg } from "../../../src/data/drawn/jpeg.ts";
import { random } from "../../../src/base/random.ts";

const { integer } = random("bad pictures");

/** A sound JPEG of 48 by 72 pixels of noise. */
export const jpeg: Uint8Array = encodeJpeg({
  width: 48,
  height: 72,
  data: Uint8ClampedArray.from({ length: 48 * 72 * 3 }, () => integer(256)),
});

/** Zeros, compressed: `lines` times `bytes` of them. */
async function zeros(lines: number, bytes: number): Promise<Uint8Array> {
  const deflate = createDeflate({ level: 9 });
  const line = Buffer.alloc(bytes);
  const parts: Buffer[] = [];
  deflate.on("data", (part: Buffer) => parts.push(part));
  const end = new Promise((ended) => deflate.on("end", ended));
  for (let i = 0; i < lines; i++) {
    if (!deflate.write(line)) await new Promise((drained) => deflate.once("drain", drained));
  }
  deflate.end();
  await end;
  return new Uint8Array(Buffer.concat(parts));
}

function chunk(kind: string, content: Uint8Array): Uint8Array {
  const out = new Uint8Array(content.length + 12);
  const view = new DataView(out.buffer);
  view.setUint32(0, content.length);
  out.set(new TextEncoder().encode(kind), 4);
  out.set(content, 8);
  view.setUint32(out.length - 4, crc32(out.subarray(4, -4)));
  return out;
}

/** Colour types of PNG. */
const RGB = 2, RGBA = 6;

/** A PNG that claims this size and holds these chunks before its end. */
function png(width: number, height: number, type: number, ...chunks: readonly Uint8Array[]): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, type], 8);
  const parts = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10),
    chunk("IHDR", header),
    ...chunks,
    chunk("IEND", new Uint8Array()),
  ];
  return new Uint8Array(Buffer.concat(parts));
}

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const pixels = async (lines: number, bytes: number) => chunk("IDAT", await zeros(lines, bytes));

/** A picture, and whether it cannot be used. */
export interface BadPicture {
  readonly what: string;
  readonly make: () => Uint8Array | Promise<Uint8Array>;
  /** Must be left out; a giant that is sound need not be. */
  readonly broken: boolean;
}

/** Small ones, all of which are broken. */
export const smallPictures: readonly BadPicture[] = [
  { what: "an image of no bytes", make: () => new Uint8Array() },
  { what: "a text instead of an image", make: () => text("<html>404 not found</html>") },
  { what: "a PDF instead of an image", make: () => text("%PDF-1.7\n\x9b\x1b[2J") },
  ...[2, 40, 0.3, 0.6, 0.95].map((at) => ({
    what: "a truncated JPEG",
    make: () => jpeg.slice(0, at < 1 ? Math.floor(at * jpeg.length) : at),
  })),
  { what: "a JPEG header without a picture", make: () => Uint8Array.of(0xff, 0xd8, 0xff, 0xd9) },
  { what: "a truncated PNG", make: async () => (await sound()).slice(0, 45) },
  { what: "a PNG without pixels", make: () => png(9, 12, RGB) },
  {
    what: "a PNG header of 60,000 x 60,000",
    make: async () => png(60_000, 60_000, RGB, await pixels(1, 100)),
  },
  { what: "a PNG of 0 x 12", make: async () => png(0, 12, RGB, await pixels(1, 100)) },
].map((one) => ({ ...one, broken: true }));

/** A sound PNG of one colour. */
export const sound = async (): Promise<Uint8Array> => png(9, 12, RGB, await pixels(12, 28));

/** Small files, or files of a sound size, that take much memory to decode. */
export const giants: readonly BadPicture[] = [
  {
    what: "a zip-bomb PNG: 14,000 x 14,000 pixels of 4 bytes in less than a megabyte",
    make: async () => png(14_000, 14_000, RGBA, await pixels(14_000, 56_001)),
    broken: false,
  },
  {
    what: "a PNG of 9 x 12 pixels whose data unfold to 1 GB",
    make: async () => png(9, 12, RGB, await pixels(16_384, 65_536)),
    broken: false,
  },
  {
    what: "a PNG with a text that unfolds to 1 GB",
    make: async () => {
      const words = await zeros(16_384, 65_536);
      const content = new Uint8Array([...text("Comment\0\0"), ...words]);
      return png(9, 12, RGB, chunk("zTXt", content), await pixels(12, 28));
    },
    broken: false,
  },
  {
    what: "a JPEG of 175 million pixels",
    make: async () => {
      const { default: sharp } = await import("sharp");
      const create = { width: 13_229, height: 13_229, channels: 3, background: "#456" } as const;
      return new Uint8Array(await sharp({ create, limitInputPixels: false }).jpeg().toBuffer());
    },
    broken: false,
  },
];
