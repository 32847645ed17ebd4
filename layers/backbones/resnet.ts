/**
 * ResNet v1.5 (He et al. 2015, https://arxiv.org/abs/1512.03385; a bottleneck's stride on the 3x3 convolution, as in
 * torchvision), without its classifier.
 */
import type { Layer, Node, Scope } from "../../src/dsl/node.ts";
import { features, sameShape } from "../../src/dsl/shape.ts";
import { conv2d } from "../conv.ts";
import { add, relu } from "../functions.ts";
import { kaimingNormal } from "../init.ts";
import { batchNorm } from "../norm.ts";
import { maxPool, meanPool } from "../pool.ts";
import { sequential } from "../sequential.ts";

/** The shape of a ResNet. */
export interface ResNetOptions {
  /** Blocks in each stage: [3, 4, 6, 3] is ResNet-50. */
  readonly blocks: readonly number[];
  /** What the blocks are: two 3x3 convolutions, or three that narrow in the middle; bottlenecks unless given. */
  readonly block?: "basic" | "bottleneck";
  /** Channels in the middle of the first stage's blocks; each stage doubles them. 64 unless given. */
  readonly width?: number;
}

/** torchvision's ResNets by their number of layers. */
export const resnetSizes: Readonly<Record<18 | 34 | 50 | 101 | 152, ResNetOptions>> = {
  18: { blocks: [2, 2, 2, 2], block: "basic" },
  34: { blocks: [3, 4, 6, 3], block: "basic" },
  50: { blocks: [3, 4, 6, 3] },
  101: { blocks: [3, 4, 23, 3] },
  152: { blocks: [3, 8, 36, 3] },
};

/** How many times wider a bottleneck's output is than its middle. */
const EXPANSION = 4;

/** A convolution with torchvision's first values: kaiming normal, fan out. */
const convolution = (out: number, kernel: number, stride = 1): Layer =>
  conv2d(out, kernel, {
    stride,
    padding: (kernel - 1) / 2,
    init: kaimingNormal(out * kernel * kernel),
  });

/** relu(h + x), x brought to the shape of h where it has another. */
const residual = (h: Node, x: Node, stride: number, at: Scope): Node => {
  const fit = sequential([convolution(features(h, at), 1, stride), batchNorm()]);
  return relu(add(h, sameShape(h.shape, x.shape) ? x : fit(x, at("downsample"))));
};

const basic = (width: number, stride: number): Layer => (x, at) => {
  const h = relu(batchNorm()(convolution(width, 3, stride)(x, at("conv1")), at("bn1")));
  return residual(batchNorm()(convolution(width, 3)(h, at("conv2")), at("bn2")), x, stride, at);
};

const bottleneck = (width: number, stride: number): Layer => (x, at) => {
  let h = relu(batchNorm()(convolution(width, 1)(x, at("conv1")), at("bn1")));
  h = relu(batchNorm()(convolution(width, 3, stride)(h, at("conv2")), at("bn2")));
  return residual(batchNorm()(convolution(width * EXPANSION, 1)(h, at("conv3")), at("bn3")), x, stride, at);
};

const kinds = { basic, bottleneck };

/**
 * Any ResNet's last feature map. `[batch, height, width, 3] -> [batch, height / 32, width / 32, features]` after four
 * stages, halves rounded up; features are 8 times the width after four stages of basic blocks, 32 times of bottlenecks.
 *
 * Names as torchvision's: `conv1`, `bn1`, `layer1.0.conv1`, …, `layer4.2.bn3`; without `fc`.
 */
export const resnetMap =
  ({ blocks, block = "bottleneck", width = 64 }: ResNetOptions): Layer => (image, at) => {
    const stage = (count: number, width: number, stride: number): Layer =>
      sequential(Array.from({ length: count }, (_, i) => kinds[block](width, i === 0 ? stride : 1)));
    const stem = relu(batchNorm()(convolution(width, 7, 2)(image, at("conv1")), at("bn1")));
    return blocks.reduce(
      (h, count, i) => stage(count, width << i, i === 0 ? 1 : 2)(h, at(`layer${i + 1}`)),
      maxPool(3, { stride: 2, padding: 1 })(stem, at("maxpool")),
    );
  };

/**
 * Any ResNet, pooled: the mean of {@link resnetMap}. `[batch, height, width, 3] -> [batch, features]`.
 *
 * Names as torchvision's, as the map's.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { build, resnet, resnetMap, resnetSizes } from "../../mod.ts";
 *
 * const image = ["batch", 224, 224, 3] as const;
 * const pooled = build(({ image }, at) => resnet(resnetSizes[18])(image, at("backbone")), { image });
 * assertEquals(pooled.output.shape, ["batch", 512]);
 * const map = build(({ image }, at) => resnetMap(resnetSizes[152])(image, at("backbone")), { image });
 * assertEquals(map.output.shape, ["batch", 7, 7, 2048]);
 * ```
 */
export const resnet = (options: ResNetOptions): Layer => (image, at) =>
  meanPool()(resnetMap(options)(image, at), at("avgpool"));

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
export const resnet50 = (): Layer => resnet(resnetSizes[50]);
