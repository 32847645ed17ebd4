/**
 * Takes a few files out of a zip archive of any size, piece by piece. The archive is trusted: its SHA-256 was checked
 * before. Source: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3.
 */
import { createReadStream } from "node:fs";
import { createInflateRaw } from "node:zlib";
import { messageOf, OnesheetError } from "../../base/errors.ts";
import { writeAll, writeWhole } from "../../base/files.ts";

interface Entry {
  /** Unix permissions; 0 where the archive gives none. */
  readonly mode: number;
  readonly method: number;
  /** Bytes in the archive. */
  readonly packed: number;
  /** Bytes of the file itself. */
  readonly size: number;
  /** Of the local header, from the start of the archive. */
  readonly offset: number;
}

const MEGABYTE = 1 << 20;
const STORED = 0, DEFLATED = 8;
const EXECUTABLE = 0o100;

const broken = (archive: string, reason: string) =>
  new OnesheetError(`Cannot unpack "${archive}": ${reason}`);

async function readAt(file: Deno.FsFile, offset: number, length: number): Promise<DataView<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  await file.seek(offset, Deno.SeekMode.Start);
  for (let at = 0; at < length;) {
    const n = await file.read(bytes.subarray(at));
    if (n === null) throw new RangeError(`expected ${length} bytes at ${offset}, found ${at}`);
    at += n;
  }
  return new DataView(bytes.buffer);
}

/** The central directory: one header for every file. */
async function directory(file: Deno.FsFile): Promise<DataView<ArrayBuffer>> {
  const { size } = await file.stat();
  // The end record has 22 bytes and a comment of at most 65535.
  const start = Math.max(0, size - 22 - 65535);
  const tail = await readAt(file, start, size - start);
  let end = tail.byteLength - 22;
  while (end >= 0 && tail.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw new RangeError("expected a zip archive, found no end record");
  const [length, offset] = [tail.getUint32(end + 12, true), tail.getUint32(end + 16, true)];
  if (offset !== 0xffffffff && length !== 0xffffffff) return readAt(file, offset, length);
  // zip64: the 20 bytes before the end record say where the longer one is.
  const longer = await readAt(file, Number(tail.getBigUint64(end - 20 + 8, true)), 56);
  return readAt(file, Number(longer.getBigUint64(48, true)), Number(longer.getBigUint64(40, true)));
}

/** The central header at `at`; numbers that do not fit in 32 bits are in the extra field 1, in this order. */
function entryAt(view: DataView, at: number, nameLength: number, extraLength: number): Entry {
  const numbers = [
    view.getUint32(at + 24, true),
    view.getUint32(at + 20, true),
    view.getUint32(at + 42, true),
  ];
  let extra = at + 46 + nameLength;
  const end = extra + extraLength;
  while (extra + 4 <= end && view.getUint16(extra, true) !== 1) extra += 4 + view.getUint16(extra + 2, true);
  extra += 4;
  const [size, packed, offset] = numbers.map((number) => {
    if (number !== 0xffffffff) return number;
    extra += 8;
    return Number(view.getBigUint64(extra - 8, true));
  });
  return {
    mode: view.getUint16(at + 40, true) & 0o777,
    method: view.getUint16(at + 10, true),
    size,
    packed,
    offset,
  };
}

function entriesOf(view: DataView<ArrayBuffer>): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (let at = 0; at + 46 <= view.byteLength && view.getUint32(at, true) === 0x02014b50;) {
    const [name, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    entries.set(
      new TextDecoder().decode(new Uint8Array(view.buffer, at + 46, name)),
      entryAt(view, at, name, extra),
    );
    at += 46 + name + extra + comment;
  }
  return entries;
}

/**
 * Writes members of a zip archive to files, each whole or not at all; programs become executable.
 *
 * @param targets path to write, by name in the archive.
 * @param onBytes told the number of unpacked bytes of each piece written.
 * @throws OnesheetError when the archive cannot be read or lacks a member.
 */
export async function unzip(
  archive: string,
  targets: Readonly<Record<string, string>>,
  onBytes: (bytes: number) => void,
): Promise<void> {
  using file = await Deno.open(archive);
  const entries = entriesOf(
    await directory(file).catch((error) => {
      throw broken(archive, messageOf(error));
    }),
  );
  for (const [name, path] of Object.entries(targets)) {
    const entry = entries.get(name);
    if (entry === undefined) throw broken(archive, `expected a file "${name}" in it, found none`);
    const { mode, method, packed, size } = entry;
    if (method !== STORED && method !== DEFLATED) {
      throw broken(archive, `expected "${name}" stored or deflated, found compression method ${method}`);
    }
    const header = await readAt(file, entry.offset, 30);
    const start = entry.offset + 30 + header.getUint16(26, true) + header.getUint16(28, true);
    await writeWhole(path, async (target) => {
      const source = createReadStream(archive, { start, end: start + packed - 1, highWaterMark: MEGABYTE });
      const plain = method === DEFLATED ? source.pipe(createInflateRaw({ chunkSize: MEGABYTE })) : source;
      source.on("error", (error) => plain.destroy(error));
      let written = 0;
      try {
        for await (const piece of plain as AsyncIterable<Uint8Array>) {
          await writeAll(target, piece);
          written += piece.length;
          onBytes(piece.length);
        }
      } finally {
        source.destroy();
      }
      if (written !== size) throw broken(archive, `expected ${size} bytes in "${name}", found ${written}`);
    });
    if (mode & EXECUTABLE) await Deno.chmod(path, 0o755);
  }
}
