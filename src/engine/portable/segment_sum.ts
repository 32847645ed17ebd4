/** Sums of rows by number: the gradient of a table look-up. The backend has no kernel for it. */
import type { KernelConfig, TensorInfo } from "@tensorflow/tfjs";
import { kernel, onHeap } from "./kernel.ts";

/** `UnsortedSegmentSum`: `[rows, …]` and the segment of each row `[rows]` to `[segments, …]`; a segment < 0 is left out. */
export const segmentSumKernels: readonly KernelConfig[] = [
  kernel<{ x: TensorInfo; segmentIds: TensorInfo }, { numSegments: number }>(
    "UnsortedSegmentSum",
    ({ x, segmentIds }, { numSegments }, backend) => {
      const segments = backend.readSync(segmentIds.dataId) as Int32Array;
      const { inputs: [rows], outputs: [sums] } = onHeap(backend, [x], [[numSegments, ...x.shape.slice(1)]]);
      const width = rows.length / segments.length;
      // Sums of few rows need no float64, and a vocabulary's table of it would be large.
      const total = rows.length > sums.data.length ? new Float64Array(sums.data.length) : sums.data;
      segments.forEach((segment, row) => {
        if (segment < 0) return;
        const [from, to] = [row * width, segment * width];
        for (let i = 0; i < width; i++) total[to + i] += rows[from + i];
      });
      if (total !== sums.data) sums.data.set(total);
      return sums.tensor;
    },
  ),
];
