/** The plot alone: small against its PyTorch twin, and its settings. */
import { assertEquals } from "@std/assert";
import { summarize } from "../../src/dsl/summary.ts";
import { plan } from "../../src/train/start.ts";
import { bertMean, binaryCrossEntropy } from "../../mod.ts";
import recipe, { plotAlone } from "../../recipes/bert_text.ts";
import { smallRecipes } from "./small_recipes.ts";
import { matchesTwin } from "./twins.ts";

const loss = binaryCrossEntropy({ positiveWeight: [1, 5, 2, 40, 100] });
const { optimizer } = recipe;
matchesTwin({ ...smallRecipes.bert_text, loss, optimizer });

Deno.test("bert_text is BERT base and one linear layer on its pooled [CLS], all of which learns", () => {
  const { model, trainable } = plan(recipe);
  assertEquals(summarize(model, trainable).modules, [
    { name: "text_backbone", parameters: 109_482_240, trainable: 109_482_240 },
    { name: "classifier", parameters: 769 * 26, trainable: 769 * 26 },
  ]);
  assertEquals(model.inputs.ids, ["batch", 512]);
});

Deno.test("bert_text takes any text tower: MiniLM with the mean of its tokens has 384 features", () => {
  const model = plotAlone({ text: bertMean({ width: 384, layers: 6 }) });
  const { params } = plan({ ...recipe, model }).model;
  assertEquals(params.at(-2)!.shape, [26, 384]);
});
