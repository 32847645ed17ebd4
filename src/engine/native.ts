/** Native tensors and buffers: numbers in, numbers out, each made and deleted once. */
import { OnesheetError } from "../base/errors.ts";
import { arrayFault } from "../base/value.ts";
import { arrayOf, DT, type HostData } from "./dtype.ts";
import type { Library, Pointer } from "./library.ts";

/** Dimensions as the C API takes them. */
export const dims = (shape: readonly number[]): BigInt64Array<ArrayBuffer> =>
  BigInt64Array.from(shape, BigInt);

/** The address as a number, for arrays of pointers. */
export const addressOf = (pointer: Deno.PointerValue): bigint => BigInt(Deno.UnsafePointer.value(pointer));

/** Copies numbers into a new TF_Tensor, which the caller deletes. Numbers that do not fill the shape are an error. */
export function newTensor(
  { c, made }: Library,
  dtype: number,
  shape: readonly number[],
  data: HostData,
): Pointer {
  const fault = arrayFault(shape, data);
  if (fault !== undefined) throw new OnesheetError(`Cannot make a tensor: ${fault}`);
  const tensor = made(
    "tensor",
    c.TF_AllocateTensor(dtype, dims(shape), shape.length, BigInt(data.byteLength)),
  );
  if (data.byteLength > 0) {
    const target = Deno.UnsafePointerView.getArrayBuffer(c.TF_TensorData(tensor)!, data.byteLength);
    new Uint8Array(target).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return tensor;
}

/** Deletes a TF_Tensor. */
export function deleteTensor({ c, gone }: Library, tensor: Pointer): void {
  c.TF_DeleteTensor(tensor);
  gone();
}

/** A TF_Tensor's type, shape and numbers. */
export interface Numbers {
  readonly dtype: number;
  readonly shape: number[];
  readonly data: HostData;
}

function readTensor({ c }: Library, tensor: Pointer): Numbers {
  const dtype = c.TF_TensorType(tensor);
  const shape = Array.from({ length: c.TF_NumDims(tensor) }, (_, i) => Number(c.TF_Dim(tensor, i)));
  const bytes = Number(c.TF_TensorByteSize(tensor));
  const buffer = bytes === 0
    ? new ArrayBuffer(0)
    : Deno.UnsafePointerView.getArrayBuffer(c.TF_TensorData(tensor)!, bytes).slice(0);
  return { dtype, shape, data: arrayOf(buffer, dtype) };
}

/** Copies TF_Tensors out and deletes each, whatever happens. */
export function takeTensors(library: Library, tensors: readonly Pointer[]): Numbers[] {
  const left = [...tensors];
  try {
    return tensors.map((tensor) => {
      const numbers = readTensor(library, tensor);
      deleteTensor(library, left.shift()!);
      return numbers;
    });
  } finally {
    for (const tensor of left) deleteTensor(library, tensor);
  }
}

/** Copies bytes into a new TF_Buffer; an empty one waits to be filled. The caller deletes it. */
export const newBuffer = ({ c, made }: Library, bytes?: Uint8Array<ArrayBuffer>): Pointer =>
  made("buffer", bytes ? c.TF_NewBufferFromString(bytes, BigInt(bytes.length)) : c.TF_NewBuffer());

/** Copies a TF_Buffer, `{ const void* data; size_t length; … }`, out. */
export function readBuffer(buffer: Pointer): Uint8Array<ArrayBuffer> {
  const view = new Deno.UnsafePointerView(buffer);
  const data = view.getPointer(0), length = Number(view.getBigUint64(8));
  return data === null
    ? new Uint8Array()
    : new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(data, length).slice(0));
}

/** Deletes a TF_Buffer. */
export function deleteBuffer({ c, gone }: Library, buffer: Pointer): void {
  c.TF_DeleteBuffer(buffer);
  gone();
}

/** Pointers as a C array. */
export const pointerArray = (pointers: readonly Pointer[]): BigUint64Array<ArrayBuffer> =>
  BigUint64Array.from(pointers, addressOf);

/** The pointers of a C array; null where there is none. */
export const pointersAt = (place: Pointer, count: number): Deno.PointerValue[] =>
  count === 0 ? [] : Array.from(
    new BigUint64Array(Deno.UnsafePointerView.getArrayBuffer(place, 8 * count)),
    (address) => Deno.UnsafePointer.create(address),
  );

/**
 * Copies arrays behind each other into native memory; gives the TF_Tensor that holds it, which the caller deletes, and
 * where each array begins. For non-blocking calls: they go on when the worker that made them is ended, and all its
 * JavaScript with it.
 */
export function newBlock(
  library: Library,
  arrays: readonly (Uint8Array<ArrayBuffer> | BigUint64Array<ArrayBuffer>)[],
): { readonly block: Pointer; readonly places: readonly Pointer[] } {
  const starts = [0];
  for (const { byteLength } of arrays) starts.push(starts.at(-1)! + byteLength);
  const bytes = new Uint8Array(starts.at(-1)!);
  arrays.forEach(({ buffer, byteOffset, byteLength }, i) =>
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), starts[i])
  );
  const block = newTensor(library, DT.UINT8, [bytes.length], bytes);
  const address = addressOf(library.c.TF_TensorData(block));
  const places = arrays.map((_, i) => Deno.UnsafePointer.create(address + BigInt(starts[i]))!);
  return { block, places };
}
