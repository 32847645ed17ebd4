/** Files that are either whole or not there: written to a temporary name, synced, renamed. */
import { dirname } from "node:path";

/** A name beside `path` that no other writer uses, nor left behind: a container gives every process the same number. */
export const temporaryName = (path: string): string => `${path}.${crypto.randomUUID()}.tmp`;

/** Syncs a folder, so that a rename inside it survives a power cut; a no-op where folders cannot be opened. */
export async function syncFolder(folder: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using handle = await Deno.open(folder);
  await handle.sync();
}

/**
 * Writes a file through `fill` and gives it its name only when all of it is on the disk.
 * A failure leaves what was there before and removes the temporary file.
 */
export async function writeWhole(path: string, fill: (file: Deno.FsFile) => Promise<void>): Promise<void> {
  const temporary = temporaryName(path);
  try {
    using file = await Deno.open(temporary, { write: true, createNew: true });
    await fill(file);
    await file.sync();
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
  await Deno.rename(temporary, path);
  await syncFolder(dirname(path));
}

/** Writes all of `bytes`; `FsFile.write` alone may write less. */
export async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

/** `writeWhole` for bytes or text at hand. */
export async function writeFileWhole(path: string, content: Uint8Array | string): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  await writeWhole(path, (file) => writeAll(file, bytes));
}

/** Gives a file a second name, in place of what had it; the bytes are shared where the disk can do that, copied elsewhere. */
export async function linkWhole(from: string, path: string): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await Deno.link(from, temporary).catch(async () => {
      await Deno.copyFile(from, temporary);
      using file = await Deno.open(temporary, { write: true });
      await file.sync();
    });
    await Deno.rename(temporary, path);
  } finally {
    // A failure leaves it, and so does a rename to what is the same file already.
    await Deno.remove(temporary).catch(() => {});
  }
  await syncFolder(dirname(path));
}
