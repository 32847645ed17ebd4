import { assertEquals } from "@std/assert";
import { bert, resnetMap } from "../../layers/mod.ts";
import mfm, { attendedPosterAndPlot } from "../../recipes/mfm.ts";
import { plan } from "../../src/train/start.ts";
import { matchesTwin, small, smallRecipe } from "./twins.ts";

const { image, text } = small;
const model = attendedPosterAndPlot({ image: resnetMap(image), text: bert(text), hidden: 8 });
const freeze = [
  { freeze: "image_backbone" },
  { train: "image_backbone.layer2" },
  { freeze: "text_backbone.embeddings" },
];

matchesTwin(smallRecipe(mfm, model, { freeze, clipNorm: 0.5 }));

Deno.test("mfm has a loss for each branch", () => {
  assertEquals(Object.keys(plan(mfm).model.losses), ["image", "text"]);
});
