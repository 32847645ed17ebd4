/** VGG (Simonyan and Zisserman 2014, https://arxiv.org/abs/1409.1556), as torchvision computes and names it. */
import type { Layer, Node } from "../../src/dsl/node.ts";
import { conv2d } from "../conv.ts";
import { dropout } from "../dropout.ts";
import { flatten, relu } from "../functions.ts";
import { kaimingNormal, normal, zeros } from "../init.ts";
import { linear } from "../linear.ts";
import { adaptiveMeanPool, maxPool } from "../pool.ts";

/** The shape of a VGG. */
export interface VggOptions {
  /** Convolutions of each stage; each stage ends in a max pooling that halves the image. */
  readonly blocks: readonly number[];
  /** Channels of the first stage; each stage doubles them up to 8 times as many. 64 unless given. */
  readonly width?: number;
  /** Rows and columns that the last map is pooled to; 7 unless given. */
  readonly grid?: number;
  /** Features of the two layers behind the convolutions; 4096 unless given. */
  readonly hidden?: number;
  /** Dropout rate between those two; 0.5 unless given. */
  readonly dropout?: number;
}

/** torchvision's VGGs without batch normalization, by their number of layers. */
export const vggSizes: Readonly<Record<16 | 19, VggOptions>> = {
  16: { blocks: [2, 2, 3, 3, 3] },
  19: { blocks: [2, 2, 4, 4, 4] },
};

/**
 * Any VGG's last feature map. `[batch, height, width, 3] -> [batch, height / 32, width / 32, 8 width]` after five stages,
 * halves rounded down.
 *
 * Names as torchvision's: `features.0`, `features.2`, `features.5`, ….
 */
export const vggMap = ({ blocks, width = 64 }: VggOptions): Layer => (image, at) => {
  const features = at("features");
  let place = 0;
  return blocks.reduce<Node>((x, count, stage) => {
    const channels = width * Math.min(8, 2 ** stage);
    for (let i = 0; i < count; i++, place += 2) {
      const convolution = conv2d(channels, 3, { padding: 1, init: kaimingNormal(9 * channels), bias: zeros });
      x = relu(convolution(x, features(place)));
    }
    return maxPool(2)(x, features(place++));
  }, image);
};

/**
 * Any VGG up to the features that the classifier reads, those of the second hidden layer ("fc7"), after ReLU and before
 * their dropout. `[batch, height, width, 3] -> [batch, hidden]`.
 *
 * Names as {@link vggMap}'s, and `classifier.0`, `classifier.3`; without `classifier.6`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { build, vgg, vggMap, vggSizes } from "../../mod.ts";
 *
 * const image = ["batch", 224, 224, 3] as const;
 * const map = build(({ image }, at) => vggMap(vggSizes[16])(image, at("backbone")), { image });
 * assertEquals(map.output.shape, ["batch", 7, 7, 512]);
 * const fc7 = build(({ image }, at) => vgg(vggSizes[19])(image, at("backbone")), { image });
 * assertEquals(fc7.output.shape, ["batch", 4096]);
 * ```
 */
export const vgg = (options: VggOptions): Layer => (image, at) => {
  const { grid = 7, hidden = 4096, dropout: rate = 0.5 } = options;
  const map = vggMap(options)(image, at);
  const vector = flatten(adaptiveMeanPool(grid, grid)(map, at("avgpool")));
  const classifier = at("classifier");
  const dense = linear(hidden, { init: { weight: normal(0.01), bias: zeros } });
  const first = dropout(rate)(relu(dense(vector, classifier(0))), classifier(2));
  return relu(dense(first, classifier(3)));
};
