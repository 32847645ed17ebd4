import { assertEquals } from "@std/assert";
import { bert, resnet } from "../../layers/mod.ts";
import refnet, { refined } from "../../recipes/refnet.ts";
import { plan } from "../../src/train/start.ts";
import { matchesTwin, small, smallRecipe } from "./twins.ts";

const { image, text } = small;
const model = refined({ image: resnet(image), text: bert(text), hidden: 8, weight: 0.1 });
const freeze = [
  { freeze: "image_backbone" },
  { train: "image_backbone.layer2" },
  { freeze: "text_backbone.embeddings" },
];

matchesTwin(smallRecipe(refnet, model, { freeze, clipNorm: 0.5 }));

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
