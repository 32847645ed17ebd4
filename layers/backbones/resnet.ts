/**
 * ResNet v1.5 with bottlenecks (He et al. 2015, https://arxiv.org/abs/1512.03385; the stride on the 3x3 convolution
 * as in torchvision), without its classifier.
 */
import type { Layer, Node } from "../../src/dsl/node.ts";
import { sameShape } from "../../src/dsl/shape.ts";
import { conv2d } from "../conv.ts";
import { add, relu } from "../functions.ts";
import { normal } from "../init.ts";
import { batchNorm } from "../norm.ts";
import { maxPool, meanPool } from "../pool.ts";
import { sequential } from "../sequential.ts";

/** The shape of a ResNet. */
export interface ResNetOptions {
  /** Bottlenecks in each stage: [3, 4, 6, 3] is ResNet-50. */
  readonly blocks: readonly number[];
  /** Channels in the middle of the first stage's bottlenecks; each stage doubles them. 64 unless given. */
  readonly width?: number;
}

/** How many times wider a bottleneck's output is than its middle. */
const EXPANSION = 4;

/** A convolution with torchvision's first values: kaiming normal, fan out. */
const convolution = (out: number, kernel: number, stride = 1): Layer =>
  conv2d(out, kernel, {
    stride,
    padding: (kernel - 1) / 2,
    init: normal(Math.sqrt(2 / (out * kernel * kernel))),
  });

const bottleneck = (width: number, stride: number): Layer => (x, at) => {
  let h = relu(batchNorm()(convolution(width, 1)(x, at("conv1")), at("bn1")));
  h = relu(batchNorm()(convolution(width, 3, stride)(h, at("conv2")), at("bn2")));
  h = batchNorm()(convolution(width * EXPANSION, 1)(h, at("conv3")), at("bn3"));
  const skip = sameShape(h.shape, x.shape)
    ? x
    : sequential([convolution(width * EXPANSION, 1, stride), batchNorm()])(x, at("downsample"));
  return relu(add(h, skip));
};

const stage = (blocks: number, width: number, stride: number): Layer =>
  sequential(Array.from({ length: blocks }, (_, i) => bottleneck(width, i === 0 ? stride : 1)));

/**
 * Any ResNet of bottlenecks, pooled. `[batch, height, width, 3] -> [batch, features]`: 32 times the width after four
 * stages.
 *
 * Names as torchvision's: `conv1`, `bn1`, `layer1.0.conv1`, …, `layer4.2.bn3`; without `fc`.
 */
export const resnet = ({ blocks, width = 64 }: ResNetOptions): Layer => (image, at) => {
  const stem = relu(batchNorm()(convolution(width, 7, 2)(image, at("conv1")), at("bn1")));
  const first: Node = maxPool(3, { stride: 2, padding: 1 })(stem, at("maxpool"));
  const last = blocks.reduce(
    (h, count, i) => stage(count, width << i, i === 0 ? 1 : 2)(h, at(`layer${i + 1}`)),
    first,
  );
  return meanPool()(last, at("avgpool"));
};

/**
 * ResNet-50. `[batch, height, width, 3] -> [batch, 2048]`; 23,508,032 parameters.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { build, linear, resnet50 } from "../../mod.ts";
 *
 * const model = build(({ image }, at) => linear(10)(resnet50()(image, at("backbone")), at("head")), {
 *   image: ["batch", 224, 224, 3],
 * });
 * assertEquals(model.output.shape, ["batch", 10]);
 * assertEquals(model.params[0].name, "backbone.conv1.weight");
 * ```
 */
export const resnet50 = (): Layer => resnet({ blocks: [3, 4, 6, 3] });
