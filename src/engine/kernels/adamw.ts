/**
 * One step of AdamW (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101) with PyTorch's meaning. Traced, a
 * parameter and its moments are updated in place, in one pass, by ResourceApplyAdam.
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
  /** Learning rate, beta1^t and beta2^t: scalars. */
  readonly rate: TensorInfo;
  readonly beta1Power: TensorInfo;
  readonly beta2Power: TensorInfo;
}

interface Attributes {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly decay: number;
}

/** [parameter, mean, square] after the step, by plain operations. */
function composed(inputs: Inputs, { beta1, beta2, epsilon, decay }: Attributes): Tensor[] {
  const { parameter, mean, square, gradient, rate, beta1Power, beta2Power } = inputs as unknown as Record<
    keyof Inputs,
    Tensor
  >;
  const m = mean.mul(beta1).add(gradient.mul(1 - beta1));
  const v = square.mul(beta2).add(gradient.square().mul(1 - beta2));
  const size = tf.div(rate, tf.sub(1, beta1Power));
  const deviation = v.sqrt().div(tf.sub(1, beta2Power).sqrt()).add(epsilon);
  return [parameter.mul(tf.sub(1, rate.mul(decay))).sub(m.div(deviation).mul(size)), m, v];
}

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
  const [gradient, rate, beta1Power, beta2Power] = outputs([
    inputs.gradient,
    inputs.rate,
    inputs.beta1Power,
    inputs.beta2Power,
  ]);
  let after: Pointer[] = reads.map((read) => read.operation);
  if (decay !== 0) {
    const kept = scalar(tf.sub(1, tf.mul(inputs.rate as Tensor, decay)));
    const decayed: Output = { operation: graph.add("Mul", [reads[0], kept], [type]), index: 0 };
    after = [graph.add("AssignVariableOp", [variables[0].handle, decayed], [dtype]), ...after.slice(1)];
  }
  // TensorFlow adds epsilon to sqrt(v), PyTorch to sqrt(v / (1 - beta2^t)).
  const scaledEpsilon = scalar(tf.mul(epsilon, tf.sqrt(tf.sub(1, inputs.beta2Power as Tensor))));
  const operation = graph.add(
    "ResourceApplyAdam",
    [
      ...variables.map((v) => v.handle),
      beta1Power,
      beta2Power,
      rate,
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
    return trace === undefined ? composed(inputs, attrs) : inPlace(backend, trace, inputs, attrs);
  }),
];
