/** The boxes of an AVIF file. ISO/IEC 14496-12 (boxes) and 23008-12 (`ispe`); https://aomediacodec.github.io/av1-avif/ */

/** Boxes that hold others, and where those begin behind the box's own header. */
const containers: Readonly<Record<string, number>> = { meta: 4, iprp: 0, ipco: 0 };

const name = (view: DataView, at: number): string =>
  String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));

/** The brands of an ISO media file, such as `avif` or `heic`, its major one first; none for other files. */
export function mediaBrands(view: DataView): string[] {
  if (view.byteLength < 16 || name(view, 4) !== "ftyp") return [];
  const end = Math.min(view.getUint32(0), view.byteLength) - 3;
  return Array.from({ length: Math.max(0, Math.ceil((end - 8) / 4)) }, (_, i) => name(view, 8 + 4 * i));
}

/** The largest size that a file's properties name: its picture is made of tiles that are smaller. */
export function avifSize(view: DataView, from = 0, to = view.byteLength): { width: number; height: number } {
  let width = 0, height = 0;
  for (let at = from; at < to;) {
    const short = view.getUint32(at), kind = name(view, at + 4);
    const [head, size] = short === 1
      ? [16, Number(view.getBigUint64(at + 8))]
      : [8, short === 0 ? to - at : short];
    if (size < head) throw new RangeError("a box is smaller than its header");
    const end = Math.min(at + size, to);
    const found = kind === "ispe"
      ? { width: view.getUint32(at + head + 4), height: view.getUint32(at + head + 8) }
      : kind in containers
      ? avifSize(view, at + head + containers[kind], end)
      : { width: 0, height: 0 };
    if (found.width * found.height > width * height) ({ width, height } = found);
    at = end;
    // All sizes stand before the coded pictures.
    if (kind === "meta") break;
  }
  return { width, height };
}
