/** Recipes, small, against their PyTorch twins: what `record` in tests/golden/record.py wrote of them. */
import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { linear, meanPool } from "../../layers/mod.ts";
import { graph } from "../../src/data/graph.ts";
import { mmimdb } from "../../src/data/mmimdb.ts";
import { type Limits, parity } from "../../src/train/parity.ts";
import type { Recipe, RecipeModel } from "../../src/train/recipe.ts";
import { eachEngine } from "../engine/each.ts";

/** The small towers, as in tests/golden/record.py. Image and text have 16 features each. */
export const small = {
  pixels: 24,
  tokens: 12,
  labels: 5,
  image: { blocks: [1, 1], width: 2 },
  text: { vocabulary: 29, width: 16, layers: 2, heads: 2, hidden: 32, positions: 16 },
} as const;

const usual: Limits = { evaluation: 1e-5, training: 1e-5, gradient: 1e-4, loss: 3e-6, way: 3e-3 };

/** Where the goldens of a recipe are. */
export const goldensOf = (name: string): string =>
  fileURLToPath(new URL(`../golden/${name}`, import.meta.url));

const films = mmimdb({ pixels: small.pixels, tokens: small.tokens });

/** The recipe with a small model on small inputs, and what else changes. */
export const smallRecipe = (recipe: Recipe, model: RecipeModel, changes: Partial<Recipe> = {}): Recipe => ({
  ...recipe,
  model,
  labels: small.labels,
  data: films,
  stages: [],
  ...changes,
});

/** The same on a graph, whose nodes have 6 features. */
export const onGraph = (recipe: Recipe, model: RecipeModel, changes: Partial<Recipe> = {}): Recipe =>
  smallRecipe(recipe, model, {
    data: graph({ of: films, edges: "self" }),
    nodes: {
      tower: ({ image }, at) => linear(6)(meanPool()(image, at("pool")), at("features")),
      weights: [],
    },
    ...changes,
  });

/** A test for each engine: evaluation, gradients, and three steps of training without dropout. */
export function matchesTwin(recipe: Recipe, limits: Limits = usual): void {
  eachEngine(
    `${recipe.name} evaluates, learns and moves its buffers as its PyTorch twin does`,
    async (engine) => {
      const checks = await parity(engine, recipe, goldensOf(recipe.name), limits);
      assertEquals(checks.filter(({ difference, limit }) => !(difference <= limit)), []);
    },
  );
}
