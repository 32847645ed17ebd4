import { assertEquals } from "@std/assert";
import mmbt from "../../recipes/mmbt.ts";
import { summarize } from "../../src/dsl/summary.ts";
import { binaryCrossEntropy } from "../../src/train/loss.ts";
import { plan } from "../../src/train/start.ts";
import { smallRecipes } from "./small_recipes.ts";
import { matchesTwin } from "./twins.ts";

matchesTwin({
  ...smallRecipes.mmbt,
  loss: binaryCrossEntropy({ positiveWeight: [1.5, 2, 3, 5, 8] }),
  clipNorm: 0.5,
});

Deno.test("mmbt has the parameters of ResNet-152, of BERT base and of two linear layers", () => {
  const { model, trainable, treatments, waits } = plan(mmbt);
  const counts = summarize(model, trainable).modules.map(({ name, parameters }) => [name, parameters]);
  assertEquals(Object.fromEntries(counts), {
    image_backbone: 58_143_808,
    image_tokens: 2049 * 768,
    text_backbone: 109_482_240,
    classifier: 769 * 26,
  });
  const waiting = [...waits].map(([name, epochs]) => `${name.split(".").slice(0, 2).join(".")} ${epochs}`);
  assertEquals([...new Set(waiting)].at(-1), "text_backbone.encoder 5");
  assertEquals(waits.has("text_backbone.pooler.dense.weight"), false);
  assertEquals(treatments.get("text_backbone.embeddings.LayerNorm.weight"), { weightDecay: 0 });
  assertEquals(treatments.has("image_tokens.weight"), false);
});
