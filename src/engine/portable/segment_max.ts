/** The largest row by number: what a softmax over segments starts from. The backend has no kernel for it. */
import type { KernelConfig, TensorInfo } from "@tensorflow/tfjs";
import { kernel, onHeap } from "./kernel.ts";

/** TensorFlow's for a segment without rows: the lowest float32. */
const LOWEST = -(2 ** 128 - 2 ** 104);

/** `UnsortedSegmentMax`: `[rows, …]` and the segment of each row `[rows]` to `[segments, …]`. */
export const segmentMaxKernels: readonly KernelConfig[] = [
  kernel<{ x: TensorInfo; segmentIds: TensorInfo }, { numSegments: number }>(
    "UnsortedSegmentMax",
    ({ x, segmentIds }, { numSegments }, backend) => {
      const segments = backend.readSync(segmentIds.dataId) as Int32Array;
      const { inputs: [rows], outputs: [most] } = onHeap(backend, [x], [[numSegments, ...x.shape.slice(1)]]);
      const width = rows.length / segments.length;
      most.data.fill(LOWEST);
      segments.forEach((segment, row) => {
        const [from, to] = [row * width, segment * width];
        for (let i = 0; i < width; i++) most.data[to + i] = Math.max(most.data[to + i], rows[from + i]);
      });
      return most.tensor;
    },
  ),
];
