import { convolution } from "../src/ops/convolution.ts";
import type { Init, Layer } from "../src/dsl/node.ts";
import { kaimingUniform } from "./init.ts";
import { windowed } from "./window.ts";

/** Settings of {@link conv2d}. */
export interface Conv2dOptions {
  /** Pixels from one window to the next; 1 unless given. */
  readonly stride?: number;
  /** Rows and columns of zeros on each side; 0 unless given. */
  readonly padding?: number;
  /** First values of the kernel; PyTorch's default unless given. */
  readonly init?: Init;
}

/**
 * Two-dimensional convolution without bias. `[batch, height, width, in] -> [batch, height', width', out]` with
 * height' = floor((height + 2 padding - kernel) / stride) + 1.
 *
 * Parameter: `weight` `[out, in, kernel, kernel]`.
 */
export const conv2d =
  (out: number, kernel: number, { stride = 1, padding = 0, init }: Conv2dOptions = {}): Layer => (x, at) => {
    const [batch, height, width, channels] = windowed(x, at, kernel, { stride, padding });
    const fanIn = channels * kernel * kernel;
    const weight = at.weight(
      "weight",
      [out, channels, kernel, kernel],
      init ?? kaimingUniform(fanIn),
      "oihw",
    );
    return at.node(
      [x],
      [weight],
      [batch, height, width, out],
      ([x], [weight]) => convolution(x, weight, { stride, padding }),
    );
  };
