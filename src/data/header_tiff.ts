/**
 * The first directory of a TIFF file. TIFF 6.0, https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf, sections
 * 2 and 8; BigTIFF, https://libtiff.gitlab.io/libtiff/specification/bigtiff.html
 */

/** What decides how a TIFF file is decoded. */
export interface TiffHeader {
  /** Pixels, as the picture is shown: with its sides exchanged where its orientation says so. */
  readonly width: number;
  readonly height: number;
  /** 8 or 16, mostly. */
  readonly bits: number;
  /** Photometric interpretation: 0 and 1 grey, 2 RGB, 3 palette, 5 CMYK, 6 YCbCr. */
  readonly photometric: number;
  /** Sample format: 1 unsigned, 2 signed, 3 floating point. */
  readonly format: number;
}

const tags = { width: 256, height: 257, bits: 258, photometric: 262, orientation: 274, format: 339 } as const;

/** Orientations from here on lie on their side. */
const SIDEWAYS = 5;

/** Whether the bytes begin as a TIFF file does, of either byte order. */
export const isTiff = (view: DataView): boolean =>
  view.byteLength >= 4 && [0x49492a00, 0x49492b00, 0x4d4d002a, 0x4d4d002b].includes(view.getUint32(0));

/** Reads the first directory; throws `RangeError` where the file ends before. */
export function tiffHeader(view: DataView): TiffHeader {
  const little = view.getUint8(0) === 0x49, big = view.getUint16(2, little) === 43;
  const offset = (at: number): number =>
    big ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little);
  const start = offset(big ? 8 : 4);
  const count = big ? Number(view.getBigUint64(start, little)) : view.getUint16(start, little);
  const [first, size, room] = big ? [start + 8, 20, 8] : [start + 2, 12, 4];
  const values = new Map<number, number>();
  for (let at = first; at < first + count * size; at += size) {
    const type = view.getUint16(at + 2, little), entries = offset(at + 4), value = at + size - room;
    // 3: a short, 4: a long; of several, the first, behind an offset where they do not fit.
    const bytes = type === 3 ? 2 : 4, place = entries * bytes > room ? offset(value) : value;
    if (type !== 3 && type !== 4) continue;
    values.set(
      view.getUint16(at, little),
      type === 3 ? view.getUint16(place, little) : view.getUint32(place, little),
    );
  }
  const of = (tag: keyof typeof tags, missing: number): number => values.get(tags[tag]) ?? missing;
  const sides = [of("width", 0), of("height", 0)];
  const [width, height] = of("orientation", 1) >= SIDEWAYS ? sides.reverse() : sides;
  return { width, height, bits: of("bits", 1), photometric: of("photometric", 1), format: of("format", 1) };
}
