/** What a kernel of the portable engine is written with: tfjs's wasm backend and views of its memory. */
import type { KernelConfig, NamedAttrMap, NamedTensorInfoMap, TensorInfo } from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { tf } from "../tfjs.ts";

/** The name under which tfjs knows the wasm backend. */
export const BACKEND = "wasm";

/** A kernel's body: inputs and attributes by name. */
export type KernelBody<Inputs, Attributes> = (
  inputs: Inputs,
  attributes: Attributes,
  backend: BackendWasm,
) => TensorInfo | TensorInfo[];

/**
 * A kernel of the wasm backend under tfjs's name for it. tfjs hands every kernel whole tensors, so a body may be
 * written with tfjs's own operations; they are not taped while a kernel runs.
 */
export const kernel = <Inputs, Attributes = Record<never, never>>(
  kernelName: string,
  body: KernelBody<Inputs, Attributes>,
): KernelConfig => ({
  kernelName,
  backendName: BACKEND,
  kernelFunc: ({ inputs, attrs, backend }) =>
    body(
      inputs as NamedTensorInfoMap as Inputs,
      attrs as NamedAttrMap as unknown as Attributes,
      backend as BackendWasm,
    ),
});

/** Replaces the backend's kernel of that name, or adds one. */
export function install(config: KernelConfig): void {
  if (tf.getKernel(config.kernelName, BACKEND) !== undefined) {
    tf.unregisterKernel(config.kernelName, BACKEND);
  }
  tf.registerKernel(config);
}

/** A fresh tensor. */
export interface Output {
  /** What the kernel returns. */
  readonly tensor: TensorInfo;
  /** Its numbers, all 0 to begin with. */
  readonly data: Float32Array;
}

/**
 * Makes outputs of the given shapes and opens views of the inputs, all float32. A view is lost when the backend's
 * memory grows, so everything is allocated first and nothing may be allocated while the views are in use.
 */
export function onHeap(
  backend: BackendWasm,
  inputs: readonly TensorInfo[],
  shapes: readonly (readonly number[])[],
): { readonly inputs: Float32Array[]; readonly outputs: Output[] } {
  const tensors = shapes.map((shape) => backend.makeOutput([...shape], "float32"));
  const view = (tensor: TensorInfo) => backend.typedArrayFromHeap(tensor) as Float32Array;
  return {
    inputs: inputs.map(view),
    outputs: tensors.map((tensor) => ({ tensor, data: view(tensor).fill(0) })),
  };
}
