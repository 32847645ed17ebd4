/** Tensors and their operations, from tfjs; the rest of the project takes them from here. */
import type { NamedTensorMap } from "@tensorflow/tfjs";
import { tf } from "./engine/tfjs.ts";
import type { Tensor, Tensors } from "./engine/engine.ts";

export { tf };
export type {
  Engine,
  EngineOptions,
  Frozen,
  FrozenTensor,
  Holdings,
  Memory,
  Precision,
  Program,
  Spec,
  Step,
  Tensor,
  Tensors,
} from "./engine/engine.ts";

/** Runs a kernel with several outputs by its name. */
export const runKernel = (
  name: string,
  inputs: Tensors,
  attributes: Readonly<Record<string, unknown>>,
): Tensor[] => {
  const result = tf.engine().runKernel(name, inputs as NamedTensorMap, attributes as never) as unknown;
  return (Array.isArray(result) ? result : [result]) as Tensor[];
};

/**
 * Runs element-by-element work as one kernel: one pass over memory where the engine can compile it, its operations one
 * after the other elsewhere. It has no derivative: call it inside {@link withGradient}.
 *
 * @param name stands for the body: the same name, settings included, must mean the same function
 */
export const fused = (
  name: string,
  inputs: readonly Tensor[],
  body: (...inputs: Tensor[]) => Tensor[],
): Tensor[] => runKernel("Fused", Object.fromEntries(inputs.entries()), { name, body });

/** What a function with a gradient of its own computes. */
export interface Differentiable {
  readonly value: Tensor;
  /** Intermediate tensors that the gradient needs. */
  readonly saved: readonly Tensor[];
  /** From the gradient towards the value to the gradients towards the inputs, one for each. */
  readonly gradient: (dy: Tensor, saved: readonly Tensor[]) => Tensor[];
}

/** Applies a function whose gradient is given, not derived. */
export const withGradient = (
  inputs: readonly Tensor[],
  run: (...inputs: Tensor[]) => Differentiable,
): Tensor =>
  tf.customGrad((...args) => {
    const save = args.pop() as unknown as (tensors: Tensor[]) => void;
    const { value, saved, gradient } = run(...args as Tensor[]);
    save([...saved]);
    return { value, gradFunc: (dy: Tensor, kept: Tensor[]) => tf.tidy(() => gradient(dy, kept)) };
  })(...inputs);

/** Moves a tensor that was kept out of an inner tidy into the tidy of here. */
export function handOver(kept: Tensor): Tensor {
  const moved = tf.clone(kept);
  kept.dispose();
  return moved;
}

const mapTensors = (tensors: Tensors, map: (tensor: Tensor) => Tensor): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, map(tensor)]));

/** A scalar, the gradients of some tensors towards it, and what else the function gave. */
export interface ValueAndGradients {
  readonly value: Tensor;
  /** By the names of the tensors asked for; a tensor without influence on the value has none. */
  readonly gradients: Tensors;
  readonly aux: Tensors;
}

/**
 * The value of a scalar function and its gradients; call it inside a tidy.
 *
 * @param f gives the scalar, and other tensors to hand out
 * @param wanted the tensors, by name, whose gradients are wanted
 */
export function valueAndGradients(
  f: () => { readonly value: Tensor; readonly aux: Tensors },
  wanted: Tensors,
): ValueAndGradients {
  let aux: Tensors = {};
  try {
    const { value, grads } = tf.engine().gradients(
      () => {
        const result = f();
        // Kept copies outlive the inner tidy and share their numbers; what was handed in may not be disposed of.
        aux = mapTensors(result.aux, (tensor) => tf.keep(tf.clone(tensor)));
        return result.value as never;
      },
      Object.values(wanted),
      undefined,
      true,
    );
    const found = Object.keys(wanted).flatMap((name, i) => grads[i] ? [[name, grads[i]] as const] : []);
    return {
      value,
      gradients: Object.fromEntries(found),
      aux: mapTensors(aux, (tensor) => tf.clone(tensor)),
    };
  } catch (error) {
    // tfjs forgets, but does not dispose of, what it kept for gradients that it will not come to.
    tf.engine().state.activeTape?.forEach(({ saved }) => saved && tf.dispose(saved));
    throw error;
  } finally {
    tf.dispose(aux);
  }
}
