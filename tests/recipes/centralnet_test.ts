import { assertEquals } from "@std/assert";
import { bertMean, resnet } from "../../layers/mod.ts";
import centralnet, { centralNet } from "../../recipes/centralnet.ts";
import { plan } from "../../src/train/start.ts";
import { matchesTwin, small, smallRecipe } from "./twins.ts";

const { image, text } = small;
const model = centralNet({ image: resnet(image), text: bertMean(text), hidden: 8, depth: 2 });

matchesTwin(smallRecipe(centralnet, model));

Deno.test("centralnet's sums have as many weights as inputs, and each modality a loss", () => {
  const { model } = plan(centralnet);
  const sums = model.params.filter(({ name }) => name.includes("alpha"));
  assertEquals(sums.map(({ name, shape }) => [name, ...shape]), [
    ["central.0.alpha.weight", 2],
    ["central.1.alpha.weight", 3],
  ]);
  assertEquals(Object.keys(model.losses), ["image", "text"]);
});
