/** Files that a person or another program gives: regular files only, since a pipe waits and a device never ends. */
import { messageOf } from "./errors.ts";

/** What a path leads to that is no regular file. */
function otherKind({ isDirectory, isFifo, isSocket }: Deno.FileInfo): string {
  return isDirectory ? "a folder" : isFifo ? "a named pipe" : isSocket ? "a socket" : "a device";
}

/** Why what is at a path is not read: it is no regular file, or too long. */
export class NotRegular extends Error {
  /** What a stack calls it. */
  override name = "NotRegular";
}

/** Throws where a path leads to no regular file or to one of more than `most` bytes. */
function demandRegular(info: Deno.FileInfo, most: number): void {
  if (!info.isFile) throw new NotRegular(`expected a regular file, found ${otherKind(info)}`);
  if (info.size > most) throw new NotRegular(`expected at most ${most} bytes, found ${info.size}`);
}

/**
 * Size and times of a regular file of at most `most` bytes. Anything else at the path is {@link NotRegular}; errors of
 * the system pass through, `Deno.errors.NotFound` among them. {@link fileFault} words either.
 */
export async function statRegular(path: string, most = Infinity): Promise<Deno.FileInfo> {
  const info = await Deno.stat(path);
  demandRegular(info, most);
  return info;
}

/** Opens a regular file of at most `most` bytes for reading; errors as of {@link statRegular}. */
export async function openRegular(path: string, most = Infinity): Promise<Deno.FsFile> {
  await statRegular(path, most); // opening a pipe would wait for its writer
  return await Deno.open(path);
}

/**
 * The bytes of a regular file of at most `most` bytes; errors as of {@link statRegular}. As many bytes are read as the
 * file has when it is opened, so that one which grows is bounded too.
 */
export async function readRegular(path: string, most: number): Promise<Uint8Array<ArrayBuffer>> {
  using file = await openRegular(path, most);
  const { size } = await file.stat();
  const bytes = new Uint8Array(Math.min(size, most));
  let length = 0;
  while (length < bytes.length) {
    const read = await file.read(bytes.subarray(length));
    if (read === null) break;
    length += read;
  }
  return bytes.subarray(0, length);
}

/** What the system's errors mean, by their code. */
const faults: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  ENOTDIR: "no such file",
  ENAMETOOLONG: "a file's name cannot be this long",
  ELOOP: "its links lead in a circle",
  EINVAL: "a file's name cannot hold a NUL character",
  EACCES: "this user may not read it",
};

/** Why a file could not be read, without its path: what {@link statRegular}, {@link readRegular} or the system threw. */
export function fileFault(thrown: unknown): string {
  const { code } = thrown as { code?: unknown };
  const isSystem = thrown instanceof Error && !(thrown instanceof Deno.errors.NotCapable);
  return isSystem && typeof code === "string" && faults[code] || messageOf(thrown);
}
