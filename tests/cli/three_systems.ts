/** Three systems of the quickstart's size, of which the second diverges. */
import { type Comparison, comparison, constant } from "../../mod.ts";
import quickstart, { model } from "../../recipes/quickstart.ts";

const three: Comparison = comparison([
  { name: "good", recipe: quickstart },
  { name: "broken", recipe: { ...quickstart, learningRate: constant({ rate: 1e30 }) } },
  { name: "text", recipe: { ...quickstart, model: model(["text"]) } },
]);

export default three;
