/** Random numbers that are a function of a seed. */
import type { KernelConfig, TensorInfo } from "@tensorflow/tfjs";
import { attribute } from "../attributes.ts";
import { DT } from "../dtype.ts";
import { intVector, kernel } from "./kernel.ts";

/** `StatelessUniform`: float32 in [0, 1) of a given shape, from an int32 seed of two numbers (Philox 4x32-10). */
export const randomKernels: readonly KernelConfig[] = [
  kernel<{ seed: TensorInfo }, { shape: number[] }>(
    "StatelessUniform",
    (backend, { seed }, { shape }) =>
      backend.executeSingleOutput("StatelessRandomUniform", [
        attribute.type("T", DT.INT32),
        attribute.type("dtype", DT.FLOAT),
        attribute.type("Tseed", DT.INT32),
      ], [intVector(shape), seed]),
  ),
];
