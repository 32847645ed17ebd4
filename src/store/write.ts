/**
 * Writes safetensors files, one tensor at a time, byte for byte as the reference implementation (0.8) writes the same
 * float32 and int64 arrays with at most one text of metadata; of several, its order changes from run to run.
 */
import { OnesheetError } from "../base/errors.ts";
import { writeAll, writeWhole } from "../base/files.ts";
import { sizeOf, type Value } from "../base/value.ts";
import { dtypes, toInt64 } from "./dtype.ts";
import { formatHeader, type TensorEntry } from "./header.ts";

/** A tensor to be written; float32 values as F32, int32 values as I64, PyTorch's integer. */
export interface TensorPlan {
  /** Its name in the file. */
  readonly name: string;
  /** The type its numbers get in the file. */
  readonly dtype: "F32" | "I64";
  /** Sizes of its axes; empty for a scalar. */
  readonly shape: readonly number[];
}

/** By code points, and so by the bytes of UTF-8. */
function compareNames(a: string, b: string): number {
  const [x, y] = [a, b].map((name) => Array.from(name, (letter) => letter.codePointAt(0)!));
  const at = x.findIndex((point, i) => point !== y[i]);
  return at < 0 ? x.length - y.length : x[at] - (y[at] ?? -1);
}

/** The reference's order: wider numbers first, so that each lies at a multiple of its width; then by name. */
const inFileOrder = (a: TensorPlan, b: TensorPlan): number =>
  dtypes[b.dtype].bytes - dtypes[a.dtype].bytes || compareNames(a.name, b.name);

/** Gives each tensor its place behind the one before. */
function place(plans: readonly TensorPlan[], path: string): Map<string, TensorEntry> {
  const entries = new Map<string, TensorEntry>();
  let end = 0;
  for (const { name, dtype, shape } of plans.toSorted(inFileOrder)) {
    if (entries.has(name)) {
      throw new OnesheetError(`Cannot write "${path}": expected "${name}" once, found it twice`);
    }
    const begin = end;
    end += sizeOf(shape) * dtypes[dtype].bytes;
    entries.set(name, { dtype, shape, offsets: [begin, end] });
  }
  return entries;
}

/** The bytes of a value, in a view where they are float32 already. */
const bytesOf = (value: Value): Uint8Array =>
  value.dtype === "int32"
    ? toInt64(value.data)
    : new Uint8Array(value.data.buffer, value.data.byteOffset, value.data.byteLength);

/**
 * Writes a file that is whole or not there. `read` is asked for each tensor in the order of the file, one after the
 * other; a value of another type or shape than planned is an error.
 *
 * ```ts
 * import { float32 } from "../base/value.ts";
 * import { writeSafetensors } from "./write.ts";
 * const path = await Deno.makeTempFile();
 * await writeSafetensors(path, [{ name: "bias", dtype: "F32", shape: [2] }], () => Promise.resolve(float32([2], [1, 2])));
 * await Deno.remove(path);
 * ```
 */
export async function writeSafetensors(
  path: string,
  plans: readonly TensorPlan[],
  read: (name: string) => Promise<Value>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const entries = place(plans, path);
  await writeWhole(path, async (file) => {
    await writeAll(file, formatHeader({ entries, metadata }));
    for (const [name, { dtype, shape }] of entries) {
      const value = await read(name);
      const expected = `${dtype === "F32" ? "float32" : "int32"} [${shape.join(", ")}]`;
      const found = `${value.dtype} [${value.shape.join(", ")}]`;
      if (found !== expected || value.data.length !== sizeOf(shape)) {
        throw new OnesheetError(
          `Cannot write "${name}" to "${path}": expected ${expected}, found ${found} of ${value.data.length} numbers`,
        );
      }
      await writeAll(file, bytesOf(value));
    }
  });
}
