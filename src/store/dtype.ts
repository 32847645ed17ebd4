/**
 * How the numbers of a safetensors file become float32 or int32.
 * Files are little-endian, and so is every machine Deno runs on: typed arrays read them as they lie.
 */

/** One type of number in a file. */
export interface Numbers {
  /** Of one number. */
  readonly bytes: 1 | 2 | 4 | 8;
  /** The numbers of a buffer; may use the buffer itself. Throws a RangeError when one does not fit. */
  decode(buffer: ArrayBuffer): Float32Array | Int32Array;
}

/** bfloat16 is the upper half of a float32. */
function fromBfloat16(buffer: ArrayBuffer): Float32Array {
  const halves = new Uint16Array(buffer);
  const words = new Uint32Array(halves.length);
  for (let i = 0; i < words.length; i++) words[i] = halves[i] << 16;
  return new Float32Array(words.buffer);
}

/** An int64 fits in int32 when its upper word repeats the sign of its lower word. */
function fromInt64(buffer: ArrayBuffer): Int32Array {
  const words = new Int32Array(buffer);
  const numbers = new Int32Array(words.length / 2);
  for (let i = 0; i < numbers.length; i++) {
    const low = words[2 * i];
    if (words[2 * i + 1] !== low >> 31) {
      throw new RangeError(`expected numbers that fit in int32, found ${new BigInt64Array(buffer)[i]}`);
    }
    numbers[i] = low;
  }
  return numbers;
}

/** The bytes of int32 numbers as int64, little-endian. */
export function toInt64(numbers: Int32Array): Uint8Array<ArrayBuffer> {
  const words = new Int32Array(2 * numbers.length);
  for (let i = 0; i < numbers.length; i++) {
    words[2 * i] = numbers[i];
    words[2 * i + 1] = numbers[i] >> 31;
  }
  return new Uint8Array(words.buffer);
}

/** The types this library reads, by safetensors' names. */
export const dtypes: Readonly<Record<Dtype, Numbers>> = {
  F64: { bytes: 8, decode: (buffer) => new Float32Array(new Float64Array(buffer)) },
  F32: { bytes: 4, decode: (buffer) => new Float32Array(buffer) },
  F16: { bytes: 2, decode: (buffer) => new Float32Array(new Float16Array(buffer)) },
  BF16: { bytes: 2, decode: fromBfloat16 },
  I64: { bytes: 8, decode: fromInt64 },
  I32: { bytes: 4, decode: (buffer) => new Int32Array(buffer) },
  I16: { bytes: 2, decode: (buffer) => new Int32Array(new Int16Array(buffer)) },
  U16: { bytes: 2, decode: (buffer) => new Int32Array(new Uint16Array(buffer)) },
  I8: { bytes: 1, decode: (buffer) => new Int32Array(new Int8Array(buffer)) },
  U8: { bytes: 1, decode: (buffer) => new Int32Array(new Uint8Array(buffer)) },
  BOOL: { bytes: 1, decode: (buffer) => new Int32Array(new Uint8Array(buffer)) },
};

/** A type of number this library reads, by safetensors' name. */
export type Dtype = "F64" | "F32" | "F16" | "BF16" | "I64" | "I32" | "I16" | "U16" | "I8" | "U8" | "BOOL";

/** Whether this library reads numbers of a type. */
export const isDtype = (name: string): name is Dtype => Object.hasOwn(dtypes, name);
