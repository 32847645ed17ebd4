/** TensorFlow's element types (types.proto) as far as they occur here, and arrays of them. */

/** Enumeration values of `TF_DataType`. */
export const DT = {
  FLOAT: 1,
  INT32: 3,
  UINT8: 4,
  STRING: 7,
  COMPLEX64: 8,
  INT64: 9,
  BOOL: 10,
  UINT16: 17,
  RESOURCE: 20,
} as const;

/** What tfjs hands over as the values of a tensor. */
export type HostData = Float32Array | Int32Array | Uint8Array | BigInt64Array;

type ArrayLikeNumbers = ArrayLike<number> | HostData;

/** The values as the array type of a `TF_DataType`; a copy only where the type differs. */
export function hostData(values: ArrayLikeNumbers, dtype: number): HostData {
  const numbers = values as ArrayLike<number>;
  switch (dtype) {
    case DT.FLOAT:
      return values instanceof Float32Array ? values : Float32Array.from(numbers);
    case DT.INT32:
      return values instanceof Int32Array ? values : Int32Array.from(numbers);
    case DT.BOOL:
    case DT.UINT8:
      return values instanceof Uint8Array ? values : Uint8Array.from(numbers);
    case DT.INT64: // tfjs-node hands 64-bit scalars over as two 32-bit halves
      if (values instanceof BigInt64Array) return values;
      return new BigInt64Array(Int32Array.from(numbers).buffer);
    default:
      throw new TypeError(
        `Cannot hold values of TF_DataType ${dtype}: float32, int32, int64, bool and uint8 only`,
      );
  }
}

/** The bytes of a native tensor as the array type of its `TF_DataType`; shares the buffer. */
export function arrayOf(buffer: ArrayBuffer, dtype: number): HostData {
  switch (dtype) {
    case DT.FLOAT:
      return new Float32Array(buffer);
    case DT.INT32:
      return new Int32Array(buffer);
    case DT.BOOL:
    case DT.UINT8:
      return new Uint8Array(buffer);
    case DT.INT64:
      return new BigInt64Array(buffer);
    default:
      throw new TypeError(
        `Cannot read values of TF_DataType ${dtype}: float32, int32, int64, bool and uint8 only`,
      );
  }
}
