import { assertEquals } from "@std/assert";
import centralnet from "../../recipes/centralnet.ts";
import { plan } from "../../src/train/start.ts";
import { smallRecipes } from "./small_recipes.ts";
import { matchesTwin } from "./twins.ts";

matchesTwin(smallRecipes.centralnet);

Deno.test("centralnet's sums have as many weights as inputs, and each modality a loss", () => {
  const { model } = plan(centralnet);
  const sums = model.params.filter(({ name }) => name.includes("alpha"));
  assertEquals(sums.map(({ name, shape }) => [name, ...shape]), [
    ["central.0.alpha.weight", 2],
    ["central.1.alpha.weight", 3],
  ]);
  assertEquals(Object.keys(model.losses), ["image", "text"]);
});
