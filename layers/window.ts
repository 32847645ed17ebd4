import { imageShape } from "../src/dsl/shape.ts";
import type { Dim, Node, Scope } from "../src/dsl/node.ts";
import { poolFault, type Window, windowFault, windowsAlong } from "../src/ops/convolution.ts";

type Windowed = [batch: Dim, height: number, width: number, channels: number];

/**
 * The shape of an image that square windows have moved over: `[batch, height', width', channels]` with
 * height' = floor((height + 2 padding - size) / stride) + 1, or ceil(height / stride) where the padding is `same`.
 * An image that holds no window is an error, and so are settings that are no window's.
 */
export function windowed(x: Node, at: Scope, size: number, window: Window): Windowed {
  const [batch, height, width, channels] = imageShape(x, at);
  const fault = windowFault([height, width], [size, size], window);
  if (fault !== undefined) at.fail(fault);
  return [batch, windowsAlong(height, size, window), windowsAlong(width, size, window), channels];
}

/** The same of windows of which each must touch the image. */
export function pooled(x: Node, at: Scope, size: number, window: Window): Windowed {
  const [, height, width] = imageShape(x, at);
  const fault = poolFault([height, width], size, window);
  if (fault !== undefined) at.fail(fault);
  return windowed(x, at, size, window);
}
