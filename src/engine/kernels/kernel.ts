/** What a kernel for libtensorflow is written with. */
import type { KernelConfig, NamedAttrMap, NamedTensorInfoMap, Tensor, TensorInfo } from "@tensorflow/tfjs";
import type { Attribute } from "../attributes.ts";
import { attribute } from "../attributes.ts";
import type { Binding, Metadata } from "../binding.ts";
import { DT } from "../dtype.ts";
import { tf } from "../tfjs.ts";

/** The name under which tfjs knows libtensorflow. */
export const BACKEND = "tensorflow";

/** tfjs-node's backend class, as far as kernels use it. */
export interface KernelBackend {
  readonly binding: Binding;
  executeSingleOutput(name: string, attributes: readonly Attribute[], inputs: readonly TensorInfo[]): Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly TensorInfo[],
    outputs: number,
  ): Tensor[];
  getInputTensorIds(tensors: readonly TensorInfo[]): number[];
  createOutputTensor(metadata: Metadata): Tensor;
}

/** A kernel's body: inputs and attributes by name. */
export type KernelBody<Inputs, Attributes> = (
  backend: KernelBackend,
  inputs: Inputs,
  attributes: Attributes,
) => TensorInfo | TensorInfo[];

/** A kernel for libtensorflow under tfjs's name for it. */
export const kernel = <Inputs, Attributes = Record<never, never>>(
  kernelName: string,
  body: KernelBody<Inputs, Attributes>,
): KernelConfig => ({
  kernelName,
  backendName: BACKEND,
  kernelFunc: ({ inputs, attrs, backend }) =>
    body(
      backend as unknown as KernelBackend,
      inputs as NamedTensorInfoMap as Inputs,
      attrs as NamedAttrMap as unknown as Attributes,
    ),
});

/** Replaces tfjs-node's kernel of that name, or adds one. */
export function install(config: KernelConfig): void {
  if (tf.getKernel(config.kernelName, BACKEND) !== undefined) {
    tf.unregisterKernel(config.kernelName, BACKEND);
  }
  tf.registerKernel(config);
}

/** The type attribute of a tfjs type. */
export const typeOf = (dtype: string): number =>
  dtype === "float32" ? DT.FLOAT : dtype === "bool" ? DT.BOOL : DT.INT32;

/** The attribute `T`. */
export const T = (tensor: TensorInfo): Attribute => attribute.type("T", typeOf(tensor.dtype));

/** An int32 vector, gone at the end of the enclosing tidy. */
export const intVector = (values: readonly number[]): Tensor => tf.tensor1d([...values], "int32");
