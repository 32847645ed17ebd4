import type { Layer, Node } from "../src/dsl/node.ts";
import { sameShape } from "../src/dsl/shape.ts";
import { dropout as drop } from "./dropout.ts";
import { add, elu } from "./functions.ts";
import { gat } from "./gat.ts";
import type { Graph } from "./graph.ts";

/** Settings of {@link gatLayers}. */
export interface GatLayersOptions {
  /** How many there are. */
  readonly layers: number;
  /** Attention heads of each. */
  readonly heads: number;
  /** Features of each head. */
  readonly size: number;
  /** Dropout rate of a layer's input and of its attention; 0 unless given. */
  readonly dropout?: number;
  /** LeakyReLU's slope below 0; 0.2 unless given. */
  readonly slope?: number;
}

/**
 * Layers of graph attention one after another, as DGL stacks them: ELU(gat(h) + h) with h = dropout(x); the sum is left
 * out where the widths differ. `[nodes, in] -> [nodes, heads * size]`.
 *
 * Names: `0`, `1`, …, each as {@link gat}'s.
 */
export const gatLayers =
  ({ layers, heads, size, dropout = 0, slope = 0.2 }: GatLayersOptions): Layer<Graph> => (graph, at) =>
    Array.from({ length: layers }).reduce<Node>((x, _, i) => {
      const place = at(i);
      const h = drop(dropout)(x, place("dropout"));
      const attended = gat(size, { heads, dropout, slope })({ ...graph, x: h }, place);
      return elu(sameShape(attended.shape, h.shape) ? add(attended, h) : attended);
    }, graph.x);
