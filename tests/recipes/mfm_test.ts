import { assertEquals } from "@std/assert";
import mfm from "../../recipes/mfm.ts";
import { plan } from "../../src/train/start.ts";
import { smallRecipes } from "./small_recipes.ts";
import { matchesTwin } from "./twins.ts";

matchesTwin({ ...smallRecipes.mfm, clipNorm: 0.5 });

Deno.test("mfm has a loss for each branch", () => {
  assertEquals(Object.keys(plan(mfm).model.losses), ["image", "text"]);
});
