/** Files that are either whole or not there: written to a temporary name, synced, renamed. */
import { dirname } from "node:path";

/** A name beside `path` that no other writer uses, nor left behind: a container gives every process the same number. */
export const temporaryName = (path: string): string => `${path}.${crypto.randomUUID()}.tmp`;

const TEMPORARY = /\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/** The name that a temporary name stands for; undefined for any other name. */
export const temporaryFor = (name: string): string | undefined =>
  TEMPORARY.test(name) ? name.replace(TEMPORARY, "") : undefined;

/** Temporary names that this process is writing to. */
const beingWritten = new Set<string>();

/** Calls `make` with a temporary name beside `path`; what still has that name afterwards is removed. */
export async function withTemporary(path: string, make: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = temporaryName(path);
  beingWritten.add(temporary);
  try {
    await make(temporary);
  } finally {
    await Deno.remove(temporary, { recursive: true }).catch(() => {});
    beingWritten.delete(temporary);
  }
}

/** Removes what this process is writing under temporary names, for a process that ends at once. */
export function removeTemporary(): void {
  for (const path of beingWritten) {
    try {
      Deno.removeSync(path, { recursive: true });
    } catch {
      // It has its real name by now, or was not begun.
    }
  }
}

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
  await withTemporary(path, async (temporary) => {
    {
      using file = await Deno.open(temporary, { write: true, createNew: true });
      await fill(file);
      await file.sync();
    }
    await Deno.rename(temporary, path);
  });
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
  await withTemporary(path, async (temporary) => {
    await Deno.link(from, temporary).catch(async () => {
      await Deno.copyFile(from, temporary);
      using file = await Deno.open(temporary, { write: true });
      await file.sync();
    });
    await Deno.rename(temporary, path);
  });
  await syncFolder(dirname(path));
}
