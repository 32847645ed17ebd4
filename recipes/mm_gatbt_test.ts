/** MM-GATBT in miniature against PyTorch, and its settings. */
import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { parity } from "../../src/train/parity.ts";
import { plan } from "../../src/train/start.ts";
import { binaryCrossEntropy, graph, linear, meanPool, mmimdb, type ModelFunction } from "../../mod.ts";
import recipe, { plotOnGraph, published, type Size } from "../../recipes/mm_gatbt.ts";
import { eachEngine } from "../engine/each.ts";

const goldens = fileURLToPath(new URL("../golden/mm_gatbt", import.meta.url));

const mini: Size = {
  graph: { ...published.graph, heads: 2, size: 3 },
  text: { vocabulary: 29, width: 16, layers: 2, heads: 2, hidden: 32, positions: 16, separator: 3 },
  labels: 4,
};
const features: ModelFunction = ({ image }, at) => linear(6)(meanPool()(image, at("pool")), at("features"));

eachEngine("in miniature MM-GATBT computes and learns as PyTorch's does", async (engine) => {
  const small = {
    ...recipe,
    model: plotOnGraph(mini),
    data: graph({ of: mmimdb({ pixels: 8, tokens: 9 }), edges: "self" }),
    nodes: { tower: features, weights: [] },
    labels: mini.labels,
    loss: binaryCrossEntropy(),
    optimizer: recipe.optimizer.with({ weightDecay: 0 }),
  };
  const limits = { evaluation: 5e-6, training: 5e-6, gradient: 3e-5, loss: 1e-6, way: 1e-3 };
  const checks = await parity(engine, small, goldens, limits);
  assertEquals(checks.filter(({ difference, limit }) => !(difference <= limit)), []);
});

Deno.test("the image token is made of the third layer's 256 numbers, and posters are no input", () => {
  const { model, tower } = plan(recipe);
  assertEquals(tower?.output.shape, ["batch", 1000]);
  assertEquals(model.reads, ["ids", "mask", "row", "edges", "nodes"]);
  const shapes = new Map(model.params.map(({ name, shape }) => [name, shape]));
  assertEquals(shapes.get("image_token.weight"), [768, 256]);
  assertEquals(shapes.get("gat_layers.2.lin.weight"), [256, 256]);
  assertEquals(shapes.has("gat_layers.3.lin.weight"), false);
});
