/** The poster alone: small against its PyTorch twin, and its settings. */
import { assertEquals } from "@std/assert";
import { summarize } from "../../src/dsl/summary.ts";
import { plan } from "../../src/train/start.ts";
import { binaryCrossEntropy, efficientNet, efficientNetSizes } from "../../mod.ts";
import recipe, { posterAlone } from "../../recipes/efficientnet_image.ts";
import { smallRecipes } from "./small_recipes.ts";
import { matchesTwin } from "./twins.ts";

const loss = binaryCrossEntropy({ positiveWeight: [3, 1, 20, 100, 2] });
const { optimizer } = recipe;
matchesTwin({ ...smallRecipes.efficientnet_image, loss, optimizer });

Deno.test("efficientnet_image is torchvision's B4 and one linear layer, all of which learns", () => {
  const { model, trainable } = plan(recipe);
  // torchvision's B4 has 19,341,616 parameters, 1793 * 1000 of them in its classifier.
  assertEquals(summarize(model, trainable).modules, [
    { name: "image_backbone", parameters: 17_548_616, trainable: 17_548_616 },
    { name: "classifier", parameters: 1793 * 26, trainable: 1793 * 26 },
  ]);
});

Deno.test("efficientnet_image takes any image tower: Lite0 has 1280 features", () => {
  const model = posterAlone({ image: efficientNet(efficientNetSizes.lite0) });
  assertEquals(plan({ ...recipe, model }).model.params.at(-2)!.shape, [26, 1280]);
});
