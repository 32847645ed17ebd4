import { assertEquals } from "@std/assert";
import gmu from "../../recipes/gmu.ts";
import { summarize } from "../../src/dsl/summary.ts";
import { plan } from "../../src/train/start.ts";
import { smallRecipes } from "./small_recipes.ts";
import { matchesTwin } from "./twins.ts";

matchesTwin(smallRecipes.gmu);

Deno.test("gmu has the parameters of its parts, and its towers do not learn", () => {
  const { model, trainable } = plan(gmu);
  const { parameters, modules } = summarize(model, trainable);
  const norm = (width: number) => 2 * width, maxout = (width: number) => 2 * width * (width + 1);
  const classifier = 3 * norm(512) + 2 * maxout(512) + 513 * 26;
  const learns = {
    image_norm: norm(4096),
    text_norm: norm(768),
    unit: 512 * (4096 + 768 + 1024),
    classifier,
  };
  assertEquals(
    Object.fromEntries(modules.flatMap(({ name, trainable }) => trainable > 0 ? [[name, trainable]] : [])),
    learns,
  );
  assertEquals(parameters.trainable, Object.values(learns).reduce((a, b) => a + b));
});
