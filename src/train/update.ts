/** From gradients to the next state: clipping, the optimizer, the running average of the weights. */
import { type Tensor, type Tensors, tf } from "../tensor.ts";
import type { Treatment } from "./groups.ts";
import type { Optimizer } from "./optimizer.ts";
import type { Recipe } from "./recipe.ts";

/** How gradients become a step. */
export interface UpdateParts {
  readonly optimizer: Optimizer;
  /** Of parameters that are not treated as the others. */
  readonly treatments: ReadonlyMap<string, Treatment>;
  /** The epochs that a parameter waited before it learnt; its optimizer's steps count from then on. */
  readonly waits: ReadonlyMap<string, number>;
  /** The largest norm of all gradients together. */
  readonly clipNorm?: number;
  /** Keeps a running average of the weights. */
  readonly average?: { readonly decay: number };
}

/** The name of a moment of a parameter in the memory. */
export const momentName = (moment: string, parameter: string): string => `${moment}/${parameter}`;

/** What the running average of a parameter is called; it is kept like a moment. */
export const AVERAGE = "average";

/** What the sum of a parameter's gradients over a step's batches is called; it is 0 between steps. */
export const SUM = "sum";

/** Everything that a recipe remembers of each parameter that learns, from step to step. */
export const rememberedBy = ({ optimizer, average }: Pick<Recipe, "optimizer" | "average">): string[] => [
  ...optimizer.made.moments,
  ...average ? [AVERAGE] : [],
];

/** What an optimizer's number is called for parameters that waited so many epochs. */
export const scalarName = (name: string, wait: number): string => wait === 0 ? name : `${name}@${wait}`;

/** torch.nn.utils.clip_grad_norm_: all times min(1, most / (norm + 1e-6)). */
function clipped(gradients: Tensors, most: number): Tensors {
  const squares = Object.values(gradients).map((gradient) => tf.sum(tf.square(gradient)));
  const norm = tf.sqrt(squares.reduce((sum, square) => tf.add(sum, square)));
  const factor = tf.minimum(1, tf.div(most, tf.add(norm, 1e-6)));
  return Object.fromEntries(Object.entries(gradients).map(([name, g]) => [name, tf.mul(g, factor)]));
}

/** The optimizer's numbers of a parameter. */
function scalarsOf(inputs: Tensors, wait: number, factor: number): Tensors {
  const own = wait === 0 ? inputs : Object.fromEntries(
    Object.entries(inputs).flatMap(([name, value]) =>
      name.endsWith(`@${wait}`) ? [[name.slice(0, name.lastIndexOf("@")), value]] : []
    ),
  );
  return factor === 1 ? own : { ...own, rate: tf.mul(own.rate, factor) };
}

/** Next values of the parameters with a gradient and of what is remembered of them; `inputs` has the scalars. */
export function updated(
  { optimizer, treatments, waits, clipNorm, average }: UpdateParts,
  state: Tensors,
  gradients: Tensors,
  inputs: Tensors,
): Tensors {
  const { moments, update } = optimizer;
  const held = clipNorm === undefined ? gradients : clipped(gradients, clipNorm);
  const next: Record<string, Tensor> = {};
  for (const [name, gradient] of Object.entries(held)) {
    const { weightDecay, rate = 1 } = treatments.get(name) ?? {};
    const names = moments.map((moment) => momentName(moment, name));
    const scalars = scalarsOf(inputs, waits.get(name) ?? 0, rate);
    const values = update(state[name], names.map((n) => state[n]), gradient, scalars, weightDecay);
    [name, ...names].forEach((n, i) => next[n] = values[i]);
    if (average) {
      const kept = momentName(AVERAGE, name), { decay } = average;
      next[kept] = tf.add(tf.mul(state[kept], decay), tf.mul(values[0], 1 - decay));
    }
  }
  return next;
}
