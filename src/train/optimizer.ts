/** Optimizers as pure functions: a parameter and its moments in, the next ones out. */
import { type Choice, choice } from "../base/choice.ts";
import { belowOne, demandRanges, nonNegative } from "../base/range.ts";
import { runKernel, type Tensor, type Tensors } from "../tensor.ts";

/** How parameters follow their gradients. */
export interface Optimizer {
  /** Names of what is remembered of each parameter: arrays of its shape that start at 0. */
  readonly moments: readonly string[];
  /** Numbers that change from step to step, `rate` among them; steps count from 1. */
  scalars(rate: number, step: number): Readonly<Record<string, number>>;
  /** [parameter, ...moments] after the step; with another weight decay than the optimizer's where one is given. */
  update(
    parameter: Tensor,
    moments: readonly Tensor[],
    gradient: Tensor,
    scalars: Tensors,
    weightDecay?: number,
  ): Tensor[];
}

/** Settings of {@link adamw} and {@link adam}. */
export interface AdamWOptions {
  /** How much of the gradients' mean is kept each step; 0.9 unless given. */
  readonly beta1?: number;
  /** How much of the mean of their squares is kept each step; 0.999 unless given. */
  readonly beta2?: number;
  /** Added to the root of that mean; 1e-8 unless given. */
  readonly epsilon?: number;
  /** Of {@link adamw}: each step takes rate * weightDecay of every parameter; 0.01 unless given. */
  readonly weightDecay?: number;
}

/** The numbers that torch.optim.Adam and AdamW take. */
const ranges = { beta1: belowOne, beta2: belowOne, epsilon: nonNegative, weightDecay: nonNegative };

/** Adam's mean and square, with the decay decoupled (`AdamW`). */
const adamMoments = ({ beta1, beta2, epsilon }: Required<AdamWOptions>) => ({
  moments: ["mean", "square"],
  scalars: (rate: number, step: number) => ({ rate, step }),
  step: (
    parameter: Tensor,
    [mean, square]: readonly Tensor[],
    gradient: Tensor,
    { rate, step }: Tensors,
    decay: number,
  ) =>
    runKernel("AdamW", { parameter, mean, square, gradient, rate, step }, { beta1, beta2, epsilon, decay }),
});

/** AdamW (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101) with PyTorch's defaults and meaning. */
export const adamw = (
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 1e-2 }: AdamWOptions = {},
): Choice<Optimizer> =>
  choice("adamw", { beta1, beta2, epsilon, weightDecay }, (settings) => {
    demandRanges("the optimizer adamw", settings, ranges);
    const { step, ...rest } = adamMoments(settings);
    return {
      ...rest,
      update: (parameter, moments, gradient, scalars, decay = settings.weightDecay) =>
        step(parameter, moments, gradient, scalars, decay),
    };
  });

/**
 * Adam (Kingma and Ba 2015, https://arxiv.org/abs/1412.6980) as torch.optim.Adam: `weightDecay`, 0 unless given, times
 * the parameter is part of the gradient, and so goes through the moments.
 */
export const adam = (
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 }: AdamWOptions = {},
): Choice<Optimizer> =>
  choice("adam", { beta1, beta2, epsilon, weightDecay }, (settings) => {
    demandRanges("the optimizer adam", settings, ranges);
    const { step, ...rest } = adamMoments(settings);
    return {
      ...rest,
      update: (parameter, moments, gradient, scalars, decay = settings.weightDecay) =>
        step(parameter, moments, decay === 0 ? gradient : gradient.add(parameter.mul(decay)), scalars, 0),
    };
  });
