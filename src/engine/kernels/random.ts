/** Random numbers that are a function of a seed. */
import type { KernelConfig, TensorInfo } from "@tensorflow/tfjs";
import { type Attribute, attribute } from "../attributes.ts";
import { DT } from "../dtype.ts";
import { tf } from "../tfjs.ts";
import { intVector, kernel, type KernelBackend } from "./kernel.ts";

/** Equally likely values of a draw: 16 bits cost half of what 32 cost. */
const VALUES = 2 ** 16;

/** One bool for each of `2 pairs` draws: whether it is at least `threshold`. tfjs knows no 16-bit tensors. */
function draw(backend: KernelBackend, seed: TensorInfo, pairs: number, threshold: number) {
  const { binding } = backend;
  const run = (name: string, attributes: Attribute[], inputs: number[]) =>
    binding.executeOp(name, attributes, inputs, 1)[0];
  const [shape, key, limit] = backend.getInputTensorIds([
    intVector([pairs]),
    seed,
    tf.scalar(Math.min(threshold, VALUES - 1), "int32"),
  ]);
  const words = run("StatelessRandomUniformFullInt", [
    attribute.type("T", DT.INT32),
    attribute.type("dtype", DT.INT32),
    attribute.type("Tseed", DT.INT32),
  ], [shape, key]);
  const halves = run("Bitcast", [attribute.type("T", DT.INT32), attribute.type("type", DT.UINT16)], [
    words.id,
  ]);
  const least = run("Cast", [attribute.type("SrcT", DT.INT32), attribute.type("DstT", DT.UINT16)], [limit]);
  const result = run("GreaterEqual", [attribute.type("T", DT.UINT16)], [halves.id, least.id]);
  for (const { id } of [words, halves, least]) binding.deleteTensor(id);
  return backend.createOutputTensor(result);
}

/**
 * `StatelessKeep`: bool of a given shape, false with probability `rate` to the nearest 2^-16, from an int32 seed of two
 * numbers (Philox 4x32-10).
 */
export const randomKernels: readonly KernelConfig[] = [
  kernel<{ seed: TensorInfo }, { shape: number[]; rate: number }>(
    "StatelessKeep",
    (backend, { seed }, { shape, rate }) => {
      const size = shape.reduce((product, n) => product * n, 1);
      const drawn = tf.reshape(draw(backend, seed, Math.ceil(size / 2), Math.round(rate * VALUES)), [-1]);
      return tf.reshape(tf.slice(drawn, [0], [size]), shape);
    },
  ),
];
