/** Shapes as data: printing, comparing, and the errors that name them. */
import { OnesheetError } from "../base/errors.ts";
import type { Dim, Node, Scope, Shape } from "./node.ts";

/** A model that cannot be built: the sentence names the layer's path. */
export class ShapeError extends OnesheetError {
  /** What it prints before its sentence. */
  override name = "ShapeError";
}

/** `[batch, 128, 768]` */
export const showShape = (shape: readonly (Dim | null)[]): string => `[${shape.join(", ")}]`;

/** Whether two shapes are the same in every axis. */
export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((d, i) => d === b[i]);

/** The size of the last axis, which must be known. */
export function features(x: Node, at: Scope): number {
  const last = x.shape.at(-1);
  return typeof last === "number"
    ? last
    : at.fail(`expected an input whose last axis has a known size, found ${showShape(x.shape)}`);
}

/** The axes of `[batch, height, width, channels]`. */
export function imageShape(
  x: Node,
  at: Scope,
): [batch: Dim, height: number, width: number, channels: number] {
  const [, height, width, channels] = x.shape;
  const known = [height, width, channels].every((d) => typeof d === "number");
  if (x.shape.length !== 4 || !known) {
    at.fail(`expected an input of shape [batch, height, width, channels], found ${showShape(x.shape)}`);
  }
  return x.shape as [Dim, number, number, number];
}
