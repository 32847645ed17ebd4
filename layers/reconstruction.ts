import { cosine } from "../src/ops/cosine.ts";
import { tf } from "../src/tensor.ts";
import type { Layer, Node } from "../src/dsl/node.ts";
import { features, sameShape, showShape } from "../src/dsl/shape.ts";
import { relu } from "./functions.ts";
import { linear } from "./linear.ts";

/** 1 - cos(a, b) of each pair of rows. `[batch, features]` twice `-> [batch]`. */
export const cosineDistance: Layer<readonly [a: Node, b: Node]> = ([a, b], at): Node => {
  if (a.shape.length !== 2 || !sameShape(a.shape, b.shape)) {
    at.fail(
      `expected two inputs of shape [batch, features], found ${showShape(a.shape)} and ${showShape(b.shape)}`,
    );
  }
  return at.node([a, b], [], [a.shape[0]], ([a, b]) => tf.sub(1, cosine(a, b)));
};

/** What was fused, and the features of one modality that went into it. */
export interface Fused {
  /** `[batch, a]` */
  readonly fused: Node;
  /** `[batch, b]` */
  readonly modality: Node;
}

/**
 * How badly a modality's features can be told from the fused ones: 1 - cos(D(fused), features), D a linear layer, ReLU
 * and another linear layer. To be made small in training; nothing else needs it. `-> [batch]`.
 *
 * Parameters: `hidden` and `output`, linear layers.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { build, reconstruction } from "../mod.ts";
 *
 * const model = build(
 *   ({ fused, plot }, at) => reconstruction(32)({ fused, modality: plot }, at("decoder")),
 *   { fused: ["batch", 64], plot: ["batch", 16] },
 * );
 * assertEquals(model.output.shape, ["batch"]);
 * assertEquals(model.params.map(({ name }) => name).join(), "decoder.hidden.weight,decoder.hidden.bias,decoder.output.weight,decoder.output.bias");
 * ```
 */
export const reconstruction = (hidden: number): Layer<Fused> => ({ fused, modality }, at) => {
  const decoded = linear(features(modality, at))(relu(linear(hidden)(fused, at("hidden"))), at("output"));
  return cosineDistance([decoded, modality], at("distance"));
};
