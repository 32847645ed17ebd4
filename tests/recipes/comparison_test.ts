/** The two comparisons have the same systems in the same order, and every model of them is one that can be built. */
import { assertEquals } from "@std/assert";
import published from "../../recipes/comparison.ts";
import small from "../../recipes/comparison_small.ts";
import { plan } from "../../src/train/start.ts";

Deno.test("both comparisons have the same systems", () => {
  assertEquals(small.systems.map(({ name }) => name), published.systems.map(({ name }) => name));
});

Deno.test("every small system can be built for any labels, and starts from towers of the same two folders", () => {
  for (const { name, recipe } of small.systems) {
    for (const labels of [3, 21, 26]) {
      assertEquals(plan({ ...recipe, labels }).model.output.shape, ["batch", labels], name);
    }
    const { trainable } = plan({ ...recipe, labels: 26 });
    const starts = [...recipe.weights, ...recipe.nodes?.weights ?? []].map(({ repo }) => repo);
    assertEquals(starts.every((repo) => /^\.\/towers\/(minilm|lite0)$/.test(repo)), true, name);
    assertEquals(trainable.size > 0, true, name);
  }
});

Deno.test("every published system can be built", () => {
  for (const { name, recipe } of published.systems) assertEquals(plan(recipe).trainable.size > 0, true, name);
});
