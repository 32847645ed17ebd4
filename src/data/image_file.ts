/** Image files that a row or a person names: regular files of a size that an image may have. */
import { readRegular, statRegular } from "../base/regular_file.ts";

/** Largest image file, in bytes. */
const LARGEST = 2 ** 28;

/** Size and times of an image file; errors as of {@link statRegular}. */
export const statImage = (path: string): Promise<Deno.FileInfo> => statRegular(path, LARGEST);

/** The bytes of an image file; errors as of {@link readRegular}. */
export const readImage = (path: string): Promise<Uint8Array<ArrayBuffer>> => readRegular(path, LARGEST);
