/**
 * The gradients of a depthwise convolution, which the backend has no kernels for. Images are
 * `[batch, height, width, channels]`, filters `[height, width, channels, multiplier]`; output channel c * multiplier + q
 * comes from input channel c.
 */
import type { KernelConfig, TensorInfo } from "@tensorflow/tfjs";
import { tf } from "../tfjs.ts";
import { kernel, onHeap } from "./kernel.ts";

type Shape4 = [number, number, number, number];

interface Attributes {
  readonly strides: [number, number] | number;
  readonly pad: Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
  readonly dilations: [number, number] | number;
}

/** Where a run of channels begins in the input, the filter and the output, for every tap inside the image. */
type Visit = (input: number, filter: number, output: number) => void;

function taps(
  inputShape: Shape4,
  filterShape: Shape4,
  { strides, pad, dilations }: Attributes,
  visit: Visit,
): void {
  const info = tf.backend_util.computeConv2DInfo(
    inputShape,
    filterShape,
    strides,
    dilations,
    pad,
    undefined,
    true,
  );
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info;
  let output = 0;
  for (let n = 0; n < batchSize; n++) {
    for (let i = 0; i < outHeight; i++) {
      for (let j = 0; j < outWidth; j++, output += outChannels) {
        for (let a = 0; a < info.filterHeight; a++) {
          const row = i * info.strideHeight + a * info.dilationHeight - info.padInfo.top;
          if (row < 0 || row >= inHeight) continue;
          for (let b = 0; b < info.filterWidth; b++) {
            const column = j * info.strideWidth + b * info.dilationWidth - info.padInfo.left;
            if (column < 0 || column >= inWidth) continue;
            const input = ((n * inHeight + row) * inWidth + column) * inChannels;
            visit(input, (a * info.filterWidth + b) * outChannels, output);
          }
        }
      }
    }
  }
}

/** `DepthwiseConv2dNativeBackpropFilter` and `DepthwiseConv2dNativeBackpropInput`. */
export const depthwiseKernels: readonly KernelConfig[] = [
  kernel<{ x: TensorInfo; dy: TensorInfo }, Attributes & { filterShape: Shape4 }>(
    "DepthwiseConv2dNativeBackpropFilter",
    ({ x, dy }, attributes, backend) => {
      const { filterShape } = attributes;
      const { inputs: [image, gradient], outputs: [dw] } = onHeap(backend, [x, dy], [filterShape]);
      const [, , channels, multiplier] = filterShape;
      const sums = new Float64Array(dw.data.length); // over every pixel of the batch
      taps(x.shape as Shape4, filterShape, attributes, (input, filter, output) => {
        for (let c = 0; c < channels; c++) {
          for (let q = 0; q < multiplier; q++) sums[filter++] += image[input + c] * gradient[output++];
        }
      });
      dw.data.set(sums);
      return dw.tensor;
    },
  ),
  kernel<{ dy: TensorInfo; filter: TensorInfo }, Attributes & { inputShape: Shape4 }>(
    "DepthwiseConv2dNativeBackpropInput",
    ({ dy, filter: w }, attributes, backend) => {
      const { inputShape } = attributes;
      const { inputs: [gradient, weights], outputs: [dx] } = onHeap(backend, [dy, w], [inputShape]);
      const [, , channels, multiplier] = w.shape;
      taps(inputShape, w.shape as Shape4, attributes, (input, filter, output) => {
        for (let c = 0; c < channels; c++) {
          for (let q = 0; q < multiplier; q++) dx.data[input + c] += weights[filter++] * gradient[output++];
        }
      });
      return dx.tensor;
    },
  ),
];
