/** MM-GATBT in miniature against PyTorch, and its settings. */
import { assertEquals } from "@std/assert";
import { treatments } from "../../src/train/groups.ts";
import { binaryCrossEntropy } from "../../src/train/loss.ts";
import { plan } from "../../src/train/start.ts";
import gatEfficientNet from "../../recipes/gat_efficientnet.ts";
import recipe, { trainedGat } from "../../recipes/mm_gatbt.ts";
import { smallRecipes } from "./small_recipes.ts";
import { matchesTwin } from "./twins.ts";

matchesTwin({
  ...smallRecipes.mm_gatbt,
  loss: binaryCrossEntropy({ positiveWeight: [1.5, 2, 3, 5, 8] }),
  clipNorm: 0.5,
});

Deno.test("the image token is made of the third layer's 256 numbers, and posters are no input", () => {
  const { model, tower } = plan(recipe);
  assertEquals(tower?.output.shape, ["batch", 1000]);
  assertEquals(model.reads, ["ids", "mask", "row", "edges", "nodes"]);
  const shapes = new Map(model.params.map(({ name, shape }) => [name, shape]));
  assertEquals(shapes.get("image_tokens.weight"), [768, 256]);
  assertEquals(shapes.get("gat_layers.2.lin.weight"), [256, 256]);
  assertEquals(shapes.has("gat_layers.3.lin.weight"), false);
});

Deno.test("of a run of the GAT recipe the hidden layers are taken, all of them and nothing else", () => {
  const { under, rename } = trainedGat("/runs/gat/best.safetensors");
  const theirs = plan(gatEfficientNet).model.params.map(({ name }) => name);
  const ours = plan(recipe).model.params.map(({ name }) => name).filter((name) =>
    name.startsWith(`${under}.`)
  );
  assertEquals(
    theirs.map((name) => rename!(name)).filter((name) => name !== undefined).map((name) =>
      `${under}.${name}`
    ),
    ours,
  );
});

Deno.test("biases and norms do not decay", () => {
  const { model } = plan(recipe);
  const names = model.params.map(({ name }) => name);
  const still = [...treatments(names, recipe.groups!)].filter(([, { weightDecay }]) => weightDecay === 0);
  assertEquals(
    still.map(([name]) => name).sort(),
    names.filter((name) => /bias$|LayerNorm/.test(name)).sort(),
  );
});
