/** Numbers of a data set in one file of the cache: a line of JSON and arrays, with a checksum over both. */
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { writeAll, writeWhole } from "../base/files.ts";

const kinds = { Int32Array, Uint16Array, Float32Array, Float64Array } as const;

/** Arrays of numbers by name. */
export type Arrays = Readonly<Record<string, Int32Array | Uint16Array | Float32Array | Float64Array>>;

/** What a packed file holds. */
export interface Packed<About, Held extends Arrays> {
  /** Anything that JSON can hold. */
  readonly about: About;
  /** By name. */
  readonly arrays: Held;
}

const bytesOf = (array: ArrayBufferView): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** Bytes up to the next multiple of 8, where an array of any kind may begin. */
const aligned = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** Writes a packed file: whole, or not at all. */
export async function writePacked<About>(
  path: string,
  { about, arrays }: Packed<About, Arrays>,
): Promise<void> {
  const parts = Object.entries(arrays);
  const layout = parts.map(([name, array]) => [name, array.constructor.name, array.length]);
  const head = new TextEncoder().encode(JSON.stringify({ about, layout }));
  const pieces = [head, ...parts.map(([, array]) => bytesOf(array))].map((bytes) => {
    const padded = new Uint8Array(aligned(bytes.length));
    padded.set(bytes);
    return padded;
  });
  const length = bytesOf(Uint32Array.of(head.length));
  const sum = pieces.reduce((crc, bytes) => crc32(bytes, crc), crc32(length));
  await Deno.mkdir(dirname(path), { recursive: true });
  await writeWhole(path, async (file) => {
    for (const bytes of [length, bytesOf(Uint32Array.of(sum)), ...pieces]) await writeAll(file, bytes);
  });
}

/** Reads a packed file; undefined when there is none or it is not as it was written, so that it is made again. */
export async function readPacked<About, Held extends Arrays>(
  path: string,
): Promise<Packed<About, Held> | undefined> {
  const file = await Deno.readFile(path).catch(() => undefined);
  if (file === undefined || file.length < 8) return undefined;
  const [length, sum] = new Uint32Array(file.buffer, 0, 2);
  if (crc32(file.subarray(8), crc32(file.subarray(0, 4))) !== sum) return undefined;
  const { about, layout } = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  let at = 8 + aligned(length);
  const arrays = (layout as [string, keyof typeof kinds, number][]).map(([name, kind, count]) => {
    const array = new kinds[kind](file.buffer, at, count);
    at += aligned(array.byteLength);
    return [name, array] as const;
  });
  return { about, arrays: Object.fromEntries(arrays) as unknown as Held };
}
