/** CentralNet's central path (Vielzeuf et al. 2018, https://arxiv.org/abs/1808.07275). */
import { tf } from "../src/tensor.ts";
import type { Layer, Node } from "../src/dsl/node.ts";
import { sameShape, showShape } from "../src/dsl/shape.ts";
import { ones } from "./init.ts";

/**
 * Σ α_k x_k with a learnt number α_k for each input, 1 at first. Inputs and output have one shape.
 *
 * Parameter: `weight` `[inputs]`.
 */
export const weightedSum: Layer<readonly Node[]> = (xs, at): Node => {
  const [first] = xs;
  if (first === undefined || !xs.every((x) => sameShape(x.shape, first.shape))) {
    at.fail(`expected inputs of one shape, found ${xs.map((x) => showShape(x.shape)).join(", ") || "none"}`);
  }
  const weight = at.weight("weight", [xs.length], ones);
  return at.node(
    xs,
    [weight],
    first.shape,
    (xs, [weight]) =>
      xs.map((x, k) => tf.mul(x, tf.slice(weight, [k], [1]))).reduce((sum, x) => tf.add(sum, x)),
  );
};

/**
 * A network between those of the modalities: at every depth a layer is given the {@link weightedSum} of the modalities'
 * hidden states there and of its own state so far, which at the first depth there is none of.
 *
 * `states[depth]` holds the modalities' hidden states, of one shape at a depth; `layers[depth]` takes its sum to the
 * central state, of the shape that the next depth has. Gives the last central state.
 *
 * Names: `0.alpha`, `0.layer`, `1.alpha`, ….
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { build, centralPath, linear } from "../mod.ts";
 *
 * const model = build(
 *   ({ a, b }, at) => centralPath([linear(4), linear(2)])([[a, b], [linear(4)(a, at("a")), linear(4)(b, at("b"))]], at("central")),
 *   { a: ["batch", 8], b: ["batch", 8] },
 * );
 * assertEquals(model.output.shape, ["batch", 2]);
 * ```
 */
export const centralPath =
  (layers: readonly Layer[]): Layer<readonly (readonly Node[])[]> => (states, at) => {
    if (states.length !== layers.length || layers.length === 0) {
      at.fail(`expected hidden states for ${layers.length} depths, found ${states.length}`);
    }
    return layers.reduce<readonly Node[]>((central, layer, depth) => {
      const here = at(depth);
      return [layer(weightedSum([...states[depth], ...central], here("alpha")), here("layer"))];
    }, [])[0];
  };
