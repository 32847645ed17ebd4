/**
 * What a shared library's file says of itself: opening one that is cut off ends the process. The format is ELF-64,
 * https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html and ch5.pheader.html.
 */
import { messageOf } from "../base/errors.ts";

/** By Deno's names: the number ELF has for a processor. */
const machines: Readonly<Record<string, number>> = { x86_64: 62, aarch64: 183 };

/** Bytes of the header, and of an entry in the table of segments. */
const HEADER = 64, SEGMENT = 56;

/** The kind of segment that is mapped into memory: PT_LOAD. */
const LOADED = 1;

/** `length` bytes from `start` on, or as many as there are. */
function bytesAt(file: Deno.FsFile, start: number, length: number): DataView {
  const bytes = new Uint8Array(length);
  file.seekSync(start, Deno.SeekMode.Start);
  let at = 0;
  for (let read: number | null = 0; at < length && read !== null; at += read ?? 0) {
    read = file.readSync(bytes.subarray(at));
  }
  return new DataView(bytes.buffer, 0, at);
}

/** Where the parts end that the header tells of: its two tables and what is loaded into memory. */
function endOf(file: Deno.FsFile, header: DataView, size: number): number {
  const [segments, sections] = [32, 40].map((at) => Number(header.getBigUint64(at, true)));
  const [segmentBytes, segmentCount, sectionBytes, sectionCount] = [54, 56, 58, 60].map((at) =>
    header.getUint16(at, true)
  );
  const tables = Math.max(segments + segmentBytes * segmentCount, sections + sectionBytes * sectionCount);
  if (tables > size || segmentBytes < SEGMENT) return tables;
  const table = bytesAt(file, segments, segmentBytes * segmentCount);
  const ends = Array.from({ length: segmentCount }, (_, i) => {
    const at = i * segmentBytes;
    if (table.getUint32(at, true) !== LOADED) return 0;
    return Number(table.getBigUint64(at + 8, true)) + Number(table.getBigUint64(at + 32, true));
  });
  return Math.max(tables, ...ends);
}

function faultOf(file: Deno.FsFile): string | undefined {
  const { size, isFile } = file.statSync();
  if (!isFile) return "something that is no file";
  const header = bytesAt(file, 0, HEADER);
  const isElf = header.byteLength === HEADER && header.getUint32(0) === 0x7f454c46;
  if (!isElf) return "a file that is no shared library";
  const [bits, order] = [header.getUint8(4), header.getUint8(5)];
  const machine = header.getUint16(18, true);
  if (bits !== 2 || order !== 1 || machine !== machines[Deno.build.arch]) {
    const name = Object.keys(machines).find((name) => machines[name] === machine);
    return `a library for ${bits === 2 && order === 1 && name !== undefined ? name : "another processor"}`;
  }
  const end = endOf(file, header, size);
  return end > size ? `${size} bytes of ${end}: the file is cut off` : undefined;
}

/**
 * What is wrong with the file of a shared library, as what was found; undefined where it is whole and made for this
 * processor. On other systems than Linux the system's own loader looks.
 */
export function libraryFault(path: string): string | undefined {
  try {
    using file = Deno.openSync(path);
    return Deno.build.os === "linux" ? faultOf(file) : undefined;
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? "no such file" : messageOf(error);
  }
}
