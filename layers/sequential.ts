import type { Layer, Scope } from "../src/dsl/node.ts";

/** Applies layers one after another, under the names `0`, `1`, …, as PyTorch's `nn.Sequential`. */
export const sequential = (layers: readonly Layer[]): Layer => (x, at) =>
  layers.reduce((h, layer, i) => layer(h, at(i)), x);

/**
 * A layer whose parameters live at `home`; where it is used becomes a second name of them, as when PyTorch registers
 * one module twice.
 */
export const shared = (home: Scope, layer: Layer): Layer => (x, at) => {
  at.alias(home);
  return layer(x, home);
};
