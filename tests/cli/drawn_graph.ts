/** A recipe on a graph of drawn films: what the commands are tried out on. */
import {
  constant,
  drawnFilms,
  gat,
  graph,
  imagenet,
  linear,
  meanPool,
  type Recipe,
  recipe,
  takeRows,
} from "../../mod.ts";

const drawn = drawnFilms({
  rows: 60,
  seed: 1,
  validation: 0.2,
  pixels: 16,
  tokens: 16,
  augment: [],
  ...imagenet,
});

const onGraph: Recipe = recipe({
  name: "drawn_graph",
  data: graph({ of: drawn, edges: "" }),
  nodes: { tower: ({ image }, at) => linear(5)(meanPool()(image, at("pool")), at("tower")), weights: [] },
  model: ({ nodes, edges, row }, at, { numLabels }) =>
    takeRows(gat(numLabels, { heads: 2, join: "mean", residual: true })({ x: nodes, edges }, at("gat")), row),
  batchSize: 1000,
  dropLast: false,
  epochs: 3,
  learningRate: constant({ rate: 0.1 }),
});

export default onGraph;
