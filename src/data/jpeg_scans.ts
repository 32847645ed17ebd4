/** How often a JPEG decoder goes over the whole picture. ITU-T T.81, B.1 and G. */

/** Start of scan. */
const SOS = 0xda;

/** Markers inside of coded data: a stuffed zero, and restarts. */
const isCoded = (marker: number): boolean => marker === 0 || (marker >= 0xd0 && marker <= 0xd7);

/** Scans of a JPEG file. A progressive one may have any number, of a few bytes each, and a decoder takes time for each. */
export function jpegScans(bytes: Uint8Array): number {
  let scans = 0;
  for (let at = 2; at >= 0 && at + 3 < bytes.length;) {
    const marker = bytes[at + 1];
    const isSegment = bytes[at] === 0xff && marker !== 0xff && marker !== 0xd8 && marker !== 1 &&
      !isCoded(marker);
    if (isSegment && marker === SOS) scans++;
    at = isSegment ? at + 2 + bytes[at + 2] * 256 + bytes[at + 3] : bytes.indexOf(0xff, at + 1);
  }
  return scans;
}
