/** The largest row by number: what a softmax over segments starts from. tfjs-node has no kernel for it. */
import type { KernelConfig, TensorInfo } from "@tensorflow/tfjs";
import { attribute } from "../attributes.ts";
import { tf } from "../tfjs.ts";
import { kernel, T, typeOf } from "./kernel.ts";

/** `UnsortedSegmentMax`: `[rows, …]` and the segment of each row `[rows]` to `[segments, …]`. */
export const segmentKernels: readonly KernelConfig[] = [
  kernel<{ x: TensorInfo; segmentIds: TensorInfo }, { numSegments: number }>(
    "UnsortedSegmentMax",
    (backend, { x, segmentIds }, { numSegments }) =>
      backend.executeSingleOutput("UnsortedSegmentMax", [
        T(x),
        attribute.type("Tindices", typeOf(segmentIds.dtype)),
        attribute.type("Tnumsegments", typeOf("int32")),
      ], [x, segmentIds, tf.scalar(numSegments, "int32")]),
  ),
];
