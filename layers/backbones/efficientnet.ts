/**
 * EfficientNet (Tan and Le 2019, https://arxiv.org/abs/1905.11946), as torchvision computes and names it, and its Lite
 * variant, with and without their classifiers.
 */
import type { Layer, Node } from "../../src/dsl/node.ts";
import { features, sameShape } from "../../src/dsl/shape.ts";
import { conv2d, type Conv2dOptions, depthwiseConv2d } from "../conv.ts";
import { stochasticDepth } from "../dropout.ts";
import { add, relu6, silu } from "../functions.ts";
import { kaimingNormal } from "../init.ts";
import { linear } from "../linear.ts";
import { batchNorm } from "../norm.ts";
import { meanPool } from "../pool.ts";
import { sequential } from "../sequential.ts";
import { squeezeExcitation } from "../squeeze_excitation.ts";
import type { EfficientNetOptions, EfficientNetStage } from "./efficientnet_sizes.ts";

/** A convolution, batch normalization and, where there is one, an activation: the names `0` and `1`. */
const normed = (
  options: EfficientNetOptions,
  make: (given: Conv2dOptions) => Layer,
  { kernel, stride, channels }: {
    readonly kernel: number;
    readonly stride: number;
    readonly channels: number;
  },
  activate: (x: Node) => Node,
): Layer =>
(x, at) => {
  const padding = options.padding === "same" ? "same" : (kernel - 1) / 2;
  const convolution = make({ stride, padding, init: kaimingNormal(channels * kernel * kernel) });
  return activate(sequential([convolution, batchNorm(options.norm)])(x, at));
};

/** What a block's layers share. */
const parts = (options: EfficientNetOptions) => {
  const activate = options.activation === "relu6" ? relu6 : silu;
  const pointwise = (channels: number, activation: (x: Node) => Node = activate): Layer =>
    normed(options, (given) => conv2d(channels, 1, given), { kernel: 1, stride: 1, channels }, activation);
  const depthwise = (kernel: number, stride: number): Layer => (x, at) =>
    normed(
      options,
      (given) => depthwiseConv2d(kernel, given),
      { kernel, stride, channels: features(x, at) },
      activate,
    )(x, at);
  return { activate, pointwise, depthwise };
};

/** An inverted residual block: wider inside by `expand` than what comes in. */
const block = (
  options: EfficientNetOptions,
  { expand, kernel, channels }: EfficientNetStage,
  stride: number,
  dropped: number,
): Layer =>
(x, at) => {
  const size = features(x, at);
  const { pointwise, depthwise } = parts(options);
  const inner = sequential([
    ...expand === 1 ? [] : [pointwise(size * expand)],
    depthwise(kernel, stride),
    ...options.squeeze === false ? [] : [squeezeExcitation(Math.max(1, Math.floor(size / 4)))],
    pointwise(channels, (x) => x),
  ])(x, at("block"));
  if (!sameShape(inner.shape, x.shape)) return inner;
  return add(stochasticDepth(dropped)(inner, at("stochastic_depth")), x);
};

/**
 * Any EfficientNet's last feature map. `[batch, height, width, 3] -> [batch, height / 32, width / 32, head]`, halves
 * rounded up. In training residual blocks are left out of whole samples, the later the more often.
 *
 * Names as torchvision's: `features.0.0` (stem), `features.1.0.block.0.0`, …, `features.8.1` (head); without
 * `classifier`.
 */
export const efficientNetMap = (options: EfficientNetOptions): Layer => (image, at) => {
  const { stem, stages, head, stochasticDepth: rate = 0.2 } = options;
  const { activate, pointwise } = parts(options);
  const total = stages.reduce((sum, { blocks }) => sum + blocks, 0);
  let before = 0;
  const blocksOf = (stage: EfficientNetStage): Layer =>
    sequential(Array.from(
      { length: stage.blocks },
      (_, i) => block(options, stage, i === 0 ? stage.stride : 1, rate * before++ / total),
    ));
  return sequential([
    normed(options, (given) => conv2d(stem, 3, given), { kernel: 3, stride: 2, channels: stem }, activate),
    ...stages.map(blocksOf),
    pointwise(head),
  ])(image, at("features"));
};

/**
 * Any EfficientNet, pooled: the mean of {@link efficientNetMap}. `[batch, height, width, 3] -> [batch, head]`.
 *
 * Names as torchvision's, as the map's.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { build, efficientNet, efficientNetMap, efficientNetSizes } from "../../mod.ts";
 *
 * const image = ["batch", 224, 224, 3] as const;
 * const map = build(({ image }, at) => efficientNetMap(efficientNetSizes.b4)(image, at("backbone")), { image });
 * assertEquals(map.output.shape, ["batch", 7, 7, 1792]);
 * const lite = build(({ image }, at) => efficientNet(efficientNetSizes.lite0)(image, at("backbone")), { image });
 * assertEquals(lite.output.shape, ["batch", 1280]);
 * assertEquals(lite.params[0].name, "backbone.features.0.0.weight");
 * ```
 */
export const efficientNet = (options: EfficientNetOptions): Layer => (image, at) =>
  meanPool()(efficientNetMap(options)(image, at), at("avgpool"));

/**
 * Any EfficientNet's logits of the classes it was trained on. `[batch, height, width, 3] -> [batch, classes]`.
 *
 * Names as torchvision's, as the map's, and `classifier.1`.
 */
export const efficientNetLogits = (options: EfficientNetOptions, classes = 1000): Layer => (image, at) =>
  linear(classes)(efficientNet(options)(image, at), at("classifier")(1));
