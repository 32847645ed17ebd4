/**
 * One step of AdamW (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101) with PyTorch's meaning. Traced, a
 * parameter and its moments are updated in place, in one pass, by ResourceApplyAdam, unless a beta is too near to 1 for it.
 */
import type { KernelConfig, Tensor, TensorInfo } from "@tensorflow/tfjs";
import { OnesheetError } from "../../base/errors.ts";
import { attribute } from "../attributes.ts";
import { DT } from "../dtype.ts";
import type { Output } from "../graph.ts";
import type { Pointer } from "../library.ts";
import { tf } from "../tfjs.ts";
import type { Trace, Variable } from "../trace.ts";
import { kernel, type KernelBackend } from "./kernel.ts";

interface Inputs {
  readonly parameter: TensorInfo;
  readonly mean: TensorInfo;
  readonly square: TensorInfo;
  readonly gradient: TensorInfo;
  /** Learning rate, and the number t of the step, from 1: scalars. */
  readonly rate: TensorInfo;
  readonly step: TensorInfo;
}

interface Attributes {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly decay: number;
}

/** 1 - beta^t, of which float32 would leave few digits where it is small: -(e^(t log beta) - 1). */
const correction = (step: TensorInfo, beta: number): Tensor =>
  tf.neg(tf.expm1(tf.mul(step as Tensor, Math.log(beta))));

/** [parameter, mean, square] after the step, by plain operations. */
function composed(inputs: Inputs, { beta1, beta2, epsilon, decay }: Attributes): Tensor[] {
  const { parameter, mean, square, gradient, rate, step } = inputs as unknown as Record<keyof Inputs, Tensor>;
  const m = mean.mul(beta1).add(gradient.mul(1 - beta1));
  const v = square.mul(beta2).add(gradient.square().mul(1 - beta2));
  const size = tf.div(rate, correction(step, beta1));
  const deviation = v.sqrt().div(correction(step, beta2).sqrt()).add(epsilon);
  return [parameter.mul(tf.sub(1, rate.mul(decay))).sub(m.div(deviation).mul(size)), m, v];
}

/** ResourceApplyAdam computes 1 - beta from a beta in float32; near 1 that leaves too few digits. */
const isFarFrom1 = (beta: number): boolean => Math.abs((1 - Math.fround(beta)) / (1 - beta) - 1) < 1e-4;

/** The same on resource variables. */
function inPlace(backend: KernelBackend, trace: Trace, inputs: Inputs, attrs: Attributes): Tensor[] {
  const { beta1, beta2, epsilon, decay } = attrs;
  const { graph } = trace;
  const { binding } = backend;
  const outputs = (tensors: readonly TensorInfo[]) =>
    backend.getInputTensorIds(tensors).map(binding.outputOf);
  const scalar = (value: Tensor) => outputs([value])[0];
  const type = attribute.type("T", DT.FLOAT);
  const dtype = attribute.type("dtype", DT.FLOAT);

  const reads = outputs([inputs.parameter, inputs.mean, inputs.square]);
  const variables = reads.map((read) => trace.variableOf(read));
  if (!variables.every((v): v is Variable => v !== undefined)) {
    throw new OnesheetError(
      "Cannot update with AdamW: the parameter and its moments must be the step's state as it came in",
    );
  }
  const [gradient] = outputs([inputs.gradient]);
  let after: Pointer[] = reads.map((read) => read.operation);
  if (decay !== 0) {
    const kept = scalar(tf.sub(1, tf.mul(inputs.rate as Tensor, decay)));
    const decayed: Output = { operation: graph.add("Mul", [reads[0], kept], [type]), index: 0 };
    after = [graph.add("AssignVariableOp", [variables[0].handle, decayed], [dtype]), ...after.slice(1)];
  }
  // The corrections, of the betas that TensorFlow computes with, are made part of the rate; for TensorFlow beta^t is 0.
  const [first, second] = [beta1, beta2].map((beta) => correction(inputs.step, Math.fround(beta)));
  const size = scalar(tf.div(tf.mul(inputs.rate as Tensor, tf.sqrt(second)), first));
  // TensorFlow adds epsilon to sqrt(v), PyTorch to sqrt(v / (1 - beta2^t)).
  const scaledEpsilon = scalar(tf.mul(epsilon, tf.sqrt(second)));
  const operation = graph.add(
    "ResourceApplyAdam",
    [
      ...variables.map((v) => v.handle),
      scalar(tf.scalar(0)),
      scalar(tf.scalar(0)),
      size,
      scalar(tf.scalar(beta1)),
      scalar(tf.scalar(beta2)),
      scaledEpsilon,
      gradient,
    ],
    [type],
    after,
  );
  return variables.map((variable) => {
    const output = {
      operation: graph.add("ReadVariableOp", [variable.handle], [dtype], [operation]),
      index: 0,
    };
    trace.markApplied(output, { variable, operation });
    return backend.createOutputTensor(binding.adopt(output));
  });
}

/** `AdamW`: [parameter, mean, square] after one step. */
export const adamwKernels: readonly KernelConfig[] = [
  kernel<Inputs, Attributes>("AdamW", (backend, inputs, attrs) => {
    const { trace } = backend.binding;
    const applies = trace !== undefined && isFarFrom1(attrs.beta1) && isFarFrom1(attrs.beta2);
    return applies ? inPlace(backend, trace, inputs, attrs) : composed(inputs, attrs);
  }),
];
