/** The GAT recipe in miniature against PyTorch, and its settings. */
import { assertEquals } from "@std/assert";
import { binaryCrossEntropy } from "../../src/train/loss.ts";
import { plan } from "../../src/train/start.ts";
import recipe from "../../recipes/gat_efficientnet.ts";
import { smallRecipes } from "./small_recipes.ts";
import { matchesTwin } from "./twins.ts";

matchesTwin({
  ...smallRecipes.gat_efficientnet,
  loss: binaryCrossEntropy({ positiveWeight: [1.5, 2, 3, 5, 8] }),
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
