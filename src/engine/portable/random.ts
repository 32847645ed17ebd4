/** Random numbers that are a function of a seed. */
import type { KernelConfig, TensorInfo } from "@tensorflow/tfjs";
import { kernel, onHeap } from "./kernel.ts";

/** MurmurHash3's finalizer: every bit of the number moves every bit of the result. */
function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** `StatelessUniform`: float32 in [0, 1) of a given shape, from an int32 seed of two numbers; a hash of each position. */
export const randomKernels: readonly KernelConfig[] = [
  kernel<{ seed: TensorInfo }, { shape: number[] }>("StatelessUniform", ({ seed }, { shape }, backend) => {
    const [a, b] = backend.readSync(seed.dataId) as Int32Array;
    const golden = 0x9e3779b9; // keeps the two keys apart from what a position can hash to
    const first = mix(a + golden | 0);
    const second = mix(mix(b ^ first) + golden | 0);
    const { outputs: [{ tensor, data }] } = onHeap(backend, [], [shape]);
    // 24 bits: as many as a float32 below 1 holds exactly.
    for (let i = 0; i < data.length; i++) data[i] = (mix(mix(i ^ first) ^ second) >>> 8) / 2 ** 24;
    return tensor;
  }),
];
