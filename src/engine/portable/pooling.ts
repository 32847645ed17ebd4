/** The gradient of max pooling. The backend's own loses every window without a positive number. */
import type { KernelConfig, TensorInfo } from "@tensorflow/tfjs";
import { tf } from "../tfjs.ts";
import { kernel, onHeap } from "./kernel.ts";

interface Attributes {
  readonly filterSize: [number, number] | number;
  readonly strides: [number, number] | number;
  readonly pad: Parameters<typeof tf.backend_util.computePool2DInfo>[4];
}

interface Inputs {
  readonly dy: TensorInfo;
  readonly input: TensorInfo;
  readonly output: TensorInfo;
}

/** `MaxPoolGrad`: a window's gradient goes to the first of its largest numbers, in rows from the top left. */
export const poolingKernels: readonly KernelConfig[] = [
  kernel<Inputs, Attributes>(
    "MaxPoolGrad",
    ({ dy, input, output }, { filterSize, strides, pad }, backend) => {
      const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, ...info } = tf.backend_util
        .computePool2DInfo(input.shape as [number, number, number, number], filterSize, strides, 1, pad);
      const { inputs, outputs: [dx] } = onHeap(backend, [dy, input, output], [input.shape]);
      const [gradient, x, y] = inputs;
      let at = 0; // position in y and dy
      for (let n = 0; n < batchSize; n++) {
        for (let i = 0; i < outHeight; i++) {
          const top = i * info.strideHeight - info.padInfo.top;
          const bottom = Math.min(inHeight, top + info.filterHeight);
          for (let j = 0; j < outWidth; j++) {
            const left = j * info.strideWidth - info.padInfo.left;
            const right = Math.min(inWidth, left + info.filterWidth);
            for (let c = 0; c < inChannels; c++, at++) {
              search:
              for (let row = Math.max(0, top); row < bottom; row++) {
                for (let column = Math.max(0, left); column < right; column++) {
                  const from = ((n * inHeight + row) * inWidth + column) * inChannels + c;
                  if (x[from] !== y[at]) continue;
                  dx.data[from] += gradient[at];
                  break search;
                }
              }
            }
          }
        }
      }
      return dx.tensor;
    },
  ),
];
