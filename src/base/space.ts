/** Disk space: what is free, and the sentence for when it is not enough. */
import { statfs } from "node:fs/promises";
import { OnesheetError } from "./errors.ts";

/** Bytes as people read them: `12 kB`, `274 MB`, `1.13 GB` (decimal). */
export function readable(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(2)} GB`;
  return bytes >= 1e6 ? `${Math.round(bytes / 1e6)} MB` : `${Math.round(bytes / 1e3)} kB`;
}

/** Bytes this user may still write in a folder; undefined where the system does not say. */
export async function freeBytes(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

/** The error for a disk that is too small: what was to be done, bytes needed, and what was found in words. */
export const noSpace = (
  what: string,
  folder: string,
  needed: number,
  found: string,
  cause?: unknown,
): OnesheetError =>
  new OnesheetError(
    `Cannot ${what} in "${folder}": expected ${
      readable(needed)
    } of free space, found ${found}; free some, or set ` +
      "ONESHEET_CACHE to a folder on a larger disk",
    { cause },
  );

/** Whether a write failed because the disk or the user's quota is used up; pip says so in its own words. */
export const isNoSpace = (error: unknown): boolean =>
  error instanceof Error && /ENOSPC|EDQUOT|No space left|quota exceeded/i.test(error.message);
