/** How a picture of any proportions becomes a square. */
import { OnesheetError } from "../base/errors.ts";
import { pixelLimit } from "./decode.ts";
import type { Picture } from "./picture.ts";
import { resize, resizedCrop } from "./resize.ts";

/** A square, and what of a picture it shows. */
export interface Frame {
  /** Width and height of the square. */
  readonly pixels: number;
  /**
   * Its shorter side is brought to this and the middle of it shown, as torchvision's `Resize` and `CenterCrop` do; at
   * least `pixels`. The whole picture is shown, squeezed, unless given.
   */
  readonly resize?: number;
}

/** Python's `round`: halves go to the even number. */
const round = (x: number): number => x % 1 === 0.5 ? 2 * Math.round(x / 2) : Math.round(x);

/**
 * The picture as a square, equal to torchvision's result on a PIL image.
 * Throws `OnesheetError` for a picture so long that it would pass `pixelLimit`.
 * Source: https://docs.pytorch.org/vision/stable/transforms.html (version 1)
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { framed } from "./framed.ts";
 * const wide = { width: 3, height: 1, data: Uint8Array.of(1, 1, 1, 2, 2, 2, 3, 3, 3) };
 * assertEquals([...framed(wide, { pixels: 1, resize: 1 }).data], [2, 2, 2]);
 * ```
 */
export function framed(picture: Picture, { pixels, resize: side }: Frame): Picture {
  if (side === undefined) return resize(picture, pixels, pixels);
  const { width, height } = picture;
  const longer = Math.trunc(side * Math.max(width, height) / Math.min(width, height));
  if (side * longer > pixelLimit) {
    throw new OnesheetError(
      `Cannot bring this image to a shorter side of ${side}: expected at most ${
        pixelLimit / 1e6
      } million pixels then, ` +
        `found ${width} by ${height}; crop it or leave it out`,
    );
  }
  const whole = width <= height ? resize(picture, side, longer) : resize(picture, longer, side);
  const window = {
    x: round((whole.width - pixels) / 2),
    y: round((whole.height - pixels) / 2),
    width: pixels,
    height: pixels,
  };
  return resizedCrop(whole, window, pixels, pixels);
}
