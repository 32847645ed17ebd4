import { tf } from "../src/tensor.ts";
import type { Layer, Node } from "../src/dsl/node.ts";
import { features } from "../src/dsl/shape.ts";
import { conv2d } from "./conv.ts";
import { sigmoid, silu, unsqueeze } from "./functions.ts";
import { kaimingNormal, zeros } from "./init.ts";
import { meanPool } from "./pool.ts";

/**
 * Scales each channel by σ(fc2(silu(fc1(mean of every channel)))) (Hu et al. 2017, https://arxiv.org/abs/1709.01507;
 * torchvision's `SqueezeExcitation`). `[batch, height, width, channels]` stays as it is.
 *
 * Parameters: `fc1`, `fc2`, convolutions of kernel size 1 with biases.
 */
export const squeezeExcitation = (squeezed: number): Layer => (x, at) => {
  const pointwise = (out: number) => conv2d(out, 1, { init: kaimingNormal(out), bias: zeros });
  const mean: Node = unsqueeze(unsqueeze(meanPool()(x, at("avgpool"))));
  const inner = silu(pointwise(squeezed)(mean, at("fc1")));
  const scale = sigmoid(pointwise(features(x, at))(inner, at("fc2")));
  return at.node([x, scale], [], x.shape, ([x, scale]) => tf.mul(x, scale));
};
