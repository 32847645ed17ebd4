/** Reads safetensors files, one tensor at a time: no more memory than the largest tensor. */
import { HEAD, otherContent } from "../base/content.ts";
import { didYouMean, messageOf, OnesheetError } from "../base/errors.ts";
import { fileFault, openRegular } from "../base/regular_file.ts";
import { convert } from "../base/safetensors_index.ts";
import { float32, int32, type Value } from "../base/value.ts";
import { dtypes, isDtype } from "./dtype.ts";
import { type Header, longestHeader, parseHeader } from "./header.ts";

/** An open safetensors file. */
export interface SafetensorsFile extends Header, Disposable {
  /** As it was given; errors name it. */
  readonly path: string;
  /**
   * Reads one tensor. F16, BF16 and F64 become float32; I64, I16, U16, I8, U8 and BOOL become int32.
   * A name that is not there, another type, a number beyond int32 and a file that has shrunk are OnesheetErrors.
   */
  read(name: string): Promise<Value>;
}

/** The bytes from `start` on. Synchronous: seeking and reading must not be torn apart by another read. */
function readAt(file: Deno.FsFile, start: number, length: number): ArrayBuffer {
  const bytes = new Uint8Array(length);
  file.seekSync(start, Deno.SeekMode.Start);
  for (let at = 0; at < length;) {
    const read = file.readSync(bytes.subarray(at));
    if (read === null) throw new Error(`expected ${length} bytes from ${start} on, found ${at}`);
    at += read;
  }
  return bytes.buffer;
}

/** Reads and checks the header; gives it with the position of the first tensor's first byte. */
function readHeader(file: Deno.FsFile, path: string): { header: Header; start: number } {
  const { size } = file.statSync(),
    other = otherContent(new Uint8Array(readAt(file, 0, Math.min(size, HEAD))));
  if (size < 8 || other !== undefined) {
    const wayOut = other?.includes("torch.save") ? `; ${convert("FOLDER")}` : "";
    throw new OnesheetError(
      `Cannot read "${path}": expected a safetensors file, found ${other ?? `${size} bytes`}${wayOut}`,
    );
  }
  const length = new DataView(readAt(file, 0, 8)).getBigUint64(0, true);
  const longest = Math.min(size - 8, longestHeader);
  if (length > longest) {
    throw new OnesheetError(
      `Cannot read "${path}": expected a safetensors header of at most ${longest} bytes, found ${length}; ` +
        `it is another kind of file or cut off`,
    );
  }
  const start = 8 + Number(length);
  return { header: parseHeader(new Uint8Array(readAt(file, 8, start - 8)), size - start, path), start };
}

/** Runs `read`; whatever it throws becomes a sentence that names the file. */
function named<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof OnesheetError) throw error;
    throw new OnesheetError(`Cannot read ${what}: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * Opens a safetensors file and checks its header.
 *
 * ```ts
 * import { openSafetensors } from "./safetensors.ts";
 * using file = await openSafetensors("tests/golden/store/mixed.safetensors");
 * const { data } = await file.read("half"); // F16 in the file, a Float32Array here
 * console.assert(data[2] === 1.5);
 * ```
 */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  const file = await openRegular(path).catch(async (error) => {
    const target = await Deno.readLink(path).catch(() => undefined);
    const isLost = error instanceof Deno.errors.NotFound && target !== undefined;
    const reason = isLost
      ? `it is a link to "${target}", which is not there; fetch it again`
      : fileFault(error);
    throw new OnesheetError(`Cannot read "${path}": ${reason}`, { cause: error, exitCode: 2 });
  });
  try {
    const { header, start } = named(`"${path}"`, () => readHeader(file, path));
    const read = (name: string): Value => {
      const entry = header.entries.get(name);
      if (entry === undefined) {
        throw new OnesheetError(
          `Cannot read "${name}" of "${path}": no such tensor${didYouMean(name, header.entries.keys())}`,
        );
      }
      const { dtype, shape, offsets: [begin, end] } = entry;
      return named(`"${name}" of "${path}"`, () => {
        if (!isDtype(dtype)) {
          throw new Error(
            `expected numbers of ${Object.keys(dtypes).join(", ")}, found ${dtype}; save it as F32 or F16`,
          );
        }
        const data = dtypes[dtype].decode(readAt(file, start + begin, end - begin));
        return data instanceof Float32Array ? float32(shape, data) : int32(shape, data);
      });
    };
    return { path, ...header, read: (name) => Promise.try(read, name), [Symbol.dispose]: () => file.close() };
  } catch (error) {
    file.close();
    throw error;
  }
}
