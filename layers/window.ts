import { imageShape } from "../src/dsl/shape.ts";
import type { Dim, Node, Scope } from "../src/dsl/node.ts";
import type { Window } from "../src/ops/convolution.ts";

/**
 * The shape of an image that square windows have moved over: `[batch, height', width', channels]` with
 * height' = floor((height + 2 padding - size) / stride) + 1, or ceil(height / stride) where the padding is `same`.
 * An image that holds no window is an error.
 */
export function windowed(
  x: Node,
  at: Scope,
  size: number,
  { stride, padding }: Window,
): [batch: Dim, height: number, width: number, channels: number] {
  const [batch, height, width, channels] = imageShape(x, at);
  if (padding === "same") return [batch, Math.ceil(height / stride), Math.ceil(width / stride), channels];
  const least = size - 2 * padding;
  if (height < least || width < least) {
    at.fail(`expected an image of at least ${least} x ${least}, found ${height} x ${width}`);
  }
  const windows = (n: number) => Math.floor((n - least) / stride) + 1;
  return [batch, windows(height), windows(width), channels];
}
