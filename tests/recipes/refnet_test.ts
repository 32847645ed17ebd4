import { assertEquals } from "@std/assert";
import refnet from "../../recipes/refnet.ts";
import { plan } from "../../src/train/start.ts";
import { smallRecipes } from "./small_recipes.ts";
import { matchesTwin } from "./twins.ts";

matchesTwin({ ...smallRecipes.refnet, clipNorm: 0.5 });

Deno.test("refnet's decoders are computed in training alone", () => {
  const { model } = plan(refnet);
  assertEquals(Object.keys(model.losses), ["image", "text"]);
  const needed = new Set<unknown>();
  const visit = (node: typeof model.output): void => {
    if (needed.has(node)) return;
    needed.add(node);
    node.inputs.forEach(visit);
  };
  visit(model.output);
  const apart = model.nodes.filter((node) => !needed.has(node)).map(({ path }) => path.split(".")[0]);
  assertEquals([...new Set(apart)], ["image_decoder", "text_decoder"]);
});
