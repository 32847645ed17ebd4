/** Random numbers that are a function of a seed. */
import type { KernelConfig, TensorInfo } from "@tensorflow/tfjs";
import { tf } from "../tfjs.ts";
import { kernel } from "./kernel.ts";

/** MurmurHash3's finalizer: every bit of the number moves every bit of the result. */
function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * `StatelessKeep`: bool of a given shape, false with probability `rate`, from an int32 seed of two numbers; a hash of
 * each position.
 */
export const randomKernels: readonly KernelConfig[] = [
  kernel<{ seed: TensorInfo }, { shape: number[]; rate: number }>(
    "StatelessKeep",
    ({ seed }, { shape, rate }, backend) => {
      const [a, b] = backend.readSync(seed.dataId) as Int32Array;
      const golden = 0x9e3779b9; // keeps the two keys apart from what a position can hash to
      const first = mix(a + golden | 0);
      const second = mix(mix(b ^ first) + golden | 0);
      const threshold = rate * 2 ** 32;
      const size = shape.reduce((product, n) => product * n, 1);
      const kept = Uint8Array.from(
        { length: size },
        (_, i) => (mix(mix(i ^ first) ^ second) >>> 0) >= threshold ? 1 : 0,
      );
      return tf.tensor(kept, shape, "bool");
    },
  ),
];
