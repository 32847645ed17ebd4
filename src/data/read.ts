/** Reading that more than one file here needs. */
import { readText } from "../base/text.ts";

/** The text of a file, or undefined when there is none. Errors: what {@link readText} refuses. */
export async function textIfThere(path: string): Promise<string | undefined> {
  try {
    return await readText(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}

/**
 * The `length` bytes of an open file from `start` on. Synchronous, so that no other read of the same file moves its
 * position in between. Throws when the file ends before them.
 */
export function bytesAt(file: Deno.FsFile, start: number, length: number): Uint8Array<ArrayBuffer> {
  const { size } = file.statSync();
  if (start < 0 || length < 0 || start + length > size) {
    throw new Error(`it names bytes ${start} to ${start + length} of ${size}`);
  }
  const bytes = new Uint8Array(length);
  file.seekSync(start, Deno.SeekMode.Start);
  for (let at = 0; at < length;) {
    const read = file.readSync(bytes.subarray(at));
    if (read === null) throw new Error(`it ends after ${start + at} bytes`);
    at += read;
  }
  return bytes;
}
