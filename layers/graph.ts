/** What layers on a graph share: its nodes' features, its edges, and which edges come together where. */
import { edgeList, type Messages, neighbourLists } from "../src/ops/messages.ts";
import type { Tensor } from "../src/tensor.ts";
import type { Dim, Node, Scope } from "../src/dsl/node.ts";
import { showShape } from "../src/dsl/shape.ts";

/** Edges as a list, best for many nodes with unequal numbers of neighbours. */
export interface EdgeList {
  /** int32 `[2, edges]`: the node each edge comes from, and the node it goes to. */
  readonly edges: Node;
}

/** Edges as a list of neighbours for each node, best for few neighbours or equal numbers. */
export interface NeighbourLists {
  /** int32 `[nodes, neighbours]`: the nodes that edges come from; any node where the mask is 0. */
  readonly neighbours: Node;
  /** int32 `[nodes, neighbours]`: 1 where there is an edge. */
  readonly mask: Node;
}

/** A graph: features `[nodes, features]` and edges, self-loops among them where a layer is to see a node itself. */
export type Graph = { readonly x: Node } & (EdgeList | NeighbourLists);

/** A checked graph, as a layer uses it. */
export interface Linked {
  /** The nodes that hold the edges, to be a node's inputs behind its features. */
  readonly inputs: readonly Node[];
  /** Number of nodes, or its name. */
  readonly nodes: Dim;
  /** The edges' tensors as a way for messages. */
  messages(x: Tensor, edges: readonly Tensor[]): Messages;
}

/** Reads a graph's edges; shapes that are none of a graph are an error. */
export function linked(graph: Graph, at: Scope): Linked {
  const { x: { shape } } = graph;
  if (shape.length !== 2) {
    at.fail(`expected features of shape [nodes, features], found ${showShape(shape)}`);
  }
  const [nodes] = shape;
  if ("edges" in graph) {
    const { edges } = graph;
    if (edges.shape.length !== 2 || edges.shape[0] !== 2) {
      at.fail(`expected edges of shape [2, edges], found ${showShape(edges.shape)}`);
    }
    return { inputs: [edges], nodes, messages: (x, [edges]) => edgeList(edges, x.shape[0]) };
  }
  const { neighbours, mask } = graph;
  const same = neighbours.shape.length === 2 && neighbours.shape[0] === nodes &&
    showShape(mask.shape) === showShape(neighbours.shape);
  if (!same) {
    at.fail(
      `expected neighbours and a mask of shape [${nodes}, neighbours], found ${
        showShape(neighbours.shape)
      } and ${showShape(mask.shape)}`,
    );
  }
  return {
    inputs: [neighbours, mask],
    nodes,
    messages: (_, [neighbours, mask]) => neighbourLists(neighbours, mask),
  };
}
