/** The EfficientNets that have names: B0 to B7 and Lite0. */

/** Blocks of one stage. */
export interface EfficientNetStage {
  /** How many times wider a block is inside than what comes in; 1 has no convolution for it. */
  readonly expand: number;
  /** Size of the depthwise kernels, odd. */
  readonly kernel: number;
  /** Of the first block; the others have 1. */
  readonly stride: number;
  /** That come out of every block. */
  readonly channels: number;
  /** How many there are. */
  readonly blocks: number;
}

/** The shape of an EfficientNet. */
export interface EfficientNetOptions {
  /** Channels of the first convolution. */
  readonly stem: number;
  /** In order. */
  readonly stages: readonly EfficientNetStage[];
  /** Channels of the last feature map. */
  readonly head: number;
  /** Whether blocks have squeeze-and-excitation; they do unless told. */
  readonly squeeze?: boolean;
  /** `silu` unless given. */
  readonly activation?: "silu" | "relu6";
  /** PyTorch's, the same on each side, or TensorFlow's `same`; `symmetric` unless given. */
  readonly padding?: "symmetric" | "same";
  /** Of every batch normalization; PyTorch's defaults unless given. */
  readonly norm?: { readonly epsilon: number; readonly momentum: number };
  /** Rate at which the last blocks would be left out in training; 0.2 unless given. */
  readonly stochasticDepth?: number;
}

/** A whole number of channels near a width: the nearest multiple of 8 that is not more than a tenth smaller. */
function channelsOf(width: number): number {
  const near = Math.max(8, Math.floor((width + 4) / 8) * 8);
  return near < 0.9 * width ? near + 8 : near;
}

/** `[expand, kernel, stride, channels, blocks]` of B0's stages. */
const base = [
  [1, 3, 1, 16, 1],
  [6, 3, 2, 24, 2],
  [6, 5, 2, 40, 2],
  [6, 3, 2, 80, 3],
  [6, 5, 1, 112, 3],
  [6, 5, 2, 192, 4],
  [6, 3, 1, 320, 1],
] as const;

/** B0, as many times wider and deeper. */
const scaled = (
  width: number,
  depth: number,
  others: Partial<EfficientNetOptions> = {},
): EfficientNetOptions => ({
  stem: channelsOf(32 * width),
  stages: base.map(([expand, kernel, stride, channels, blocks]) => ({
    expand,
    kernel,
    stride,
    channels: channelsOf(channels * width),
    blocks: Math.ceil(blocks * depth),
  })),
  head: 4 * channelsOf(320 * width),
  ...others,
});

/** What TensorFlow's models normalize with. */
const norm = { epsilon: 1e-3, momentum: 0.01 };

/** The EfficientNets that have names. */
export type EfficientNetName = "b0" | "b1" | "b2" | "b3" | "b4" | "b5" | "b6" | "b7" | "lite0";

/**
 * torchvision's B0 to B7, and Lite0 (https://github.com/tensorflow/tpu, EfficientNet-lite: no squeeze-and-excitation,
 * ReLU6, TensorFlow's padding). B5 to B7 have TensorFlow's batch normalization, as torchvision's.
 */
export const efficientNetSizes: Readonly<Record<EfficientNetName, EfficientNetOptions>> = {
  b0: scaled(1, 1),
  b1: scaled(1, 1.1),
  b2: scaled(1.1, 1.2),
  b3: scaled(1.2, 1.4),
  b4: scaled(1.4, 1.8),
  b5: scaled(1.6, 2.2, { norm }),
  b6: scaled(1.8, 2.6, { norm }),
  b7: scaled(2, 3.1, { norm }),
  lite0: scaled(1, 1, { squeeze: false, activation: "relu6", padding: "same", norm }),
};
