/** The GAT recipe in miniature against PyTorch, and its settings. */
import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { parity } from "../../src/train/parity.ts";
import { plan } from "../../src/train/start.ts";
import { binaryCrossEntropy, linear, meanPool, type ModelFunction } from "../../mod.ts";
import recipe, { filmsOnGraph, published, type Size } from "../../recipes/gat_efficientnet.ts";
import { eachEngine } from "../engine/each.ts";

const goldens = fileURLToPath(new URL("../golden/gat_efficientnet", import.meta.url));

const mini: Size = { hidden: { ...published.hidden, heads: 2, size: 3 }, heads: 3, labels: 4 };
const features: ModelFunction = ({ image }, at) => linear(6)(meanPool()(image, at("pool")), at("features"));

eachEngine("in miniature the GAT computes and learns as PyTorch's does", async (engine) => {
  const small = {
    ...recipe,
    model: filmsOnGraph(mini),
    nodes: { tower: features, weights: [] },
    labels: mini.labels,
    loss: binaryCrossEntropy(),
  };
  const limits = { evaluation: 5e-6, training: 5e-6, gradient: 3e-5, loss: 1e-6, way: 1e-3 };
  const checks = await parity(engine, small, goldens, limits);
  assertEquals(checks.filter(({ difference, limit }) => !(difference <= limit)), []);
});

Deno.test("its arrays have torch_geometric's names and the published sizes", () => {
  const { model, tower } = plan(recipe);
  assertEquals(tower?.output.shape, ["batch", 1000]);
  assertEquals(model.reads, ["row", "edges", "nodes"]);
  const shapes = Object.fromEntries(model.params.map(({ name, shape }) => [name, shape]));
  const layer = (i: number, from: number) => ({
    [`gat_layers.${i}.att_src`]: [1, 8, 32],
    [`gat_layers.${i}.att_dst`]: [1, 8, 32],
    [`gat_layers.${i}.bias`]: [256],
    [`gat_layers.${i}.lin.weight`]: [256, from],
  });
  assertEquals(shapes, {
    ...layer(0, 1000),
    ...layer(1, 256),
    ...layer(2, 256),
    "gat_layers.3.att_src": [1, 3, 26],
    "gat_layers.3.att_dst": [1, 3, 26],
    "gat_layers.3.bias": [26],
    "gat_layers.3.lin.weight": [3 * 26, 256],
    "gat_layers.3.res.weight": [26, 256],
  });
});
