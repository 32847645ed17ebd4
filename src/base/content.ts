/** What a file is that is not of the kind its name says, by its first bytes. */

/** Bytes that {@link otherContent} looks at. */
export const HEAD = 64;

/** What a file is that begins so, one character for each byte; the ways out are parts of "found …". */
const kinds: readonly (readonly [begin: string, kind: string])[] = [
  ["version https://git-lfs", "a pointer of Git LFS to it; run `git lfs pull` where it is from"],
  ["<!doctype html", "a web page; fetch the file itself"],
  ["<html", "a web page; fetch the file itself"],
  ["PAR1", "a parquet file"],
  ["PARE", "an encrypted parquet file"],
  ["PK\x03\x04", "a ZIP archive, as torch.save writes too"],
  ["\x80\x02", "a pickle of Python, as torch.save writes too"],
  ["\x1f\x8b", "a gzip file; unpack it"],
  ["\x28\xb5\x2f\xfd", "a zstd file; unpack it"],
  ["\x89HDF", "an HDF5 file"],
  ["ARROW1", "an Arrow file"],
];

/** What the first bytes of a file say it is; undefined for any other content. */
export function otherContent(head: Uint8Array): string | undefined {
  const text = String.fromCharCode(...head.subarray(0, HEAD)).trimStart();
  return kinds.find(([begin]) => text.slice(0, begin.length).toLowerCase() === begin.toLowerCase())?.[1];
}
