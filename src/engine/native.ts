/** Native tensors and buffers: numbers in, numbers out, each made and deleted once. */
import { arrayOf, type HostData } from "./dtype.ts";
import type { Library, Pointer } from "./library.ts";

/** Dimensions as the C API takes them. */
export const dims = (shape: readonly number[]): BigInt64Array<ArrayBuffer> =>
  BigInt64Array.from(shape, BigInt);

/** The address as a number, for arrays of pointers. */
export const addressOf = (pointer: Deno.PointerValue): bigint => BigInt(Deno.UnsafePointer.value(pointer));

/** Copies numbers into a new TF_Tensor. The caller deletes it. */
export function newTensor(
  { c, made }: Library,
  dtype: number,
  shape: readonly number[],
  data: HostData,
): Pointer {
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

/** Copies a TF_Tensor out. */
export function readTensor(
  { c }: Library,
  tensor: Pointer,
): { dtype: number; shape: number[]; data: HostData } {
  const dtype = c.TF_TensorType(tensor);
  const shape = Array.from({ length: c.TF_NumDims(tensor) }, (_, i) => Number(c.TF_Dim(tensor, i)));
  const bytes = Number(c.TF_TensorByteSize(tensor));
  const buffer = bytes === 0
    ? new ArrayBuffer(0)
    : Deno.UnsafePointerView.getArrayBuffer(c.TF_TensorData(tensor)!, bytes).slice(0);
  return { dtype, shape, data: arrayOf(buffer, dtype) };
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
