/** Two systems of the quickstart's size: what `compare` is tried out on. */
import { type Comparison, comparison } from "../../mod.ts";
import quickstart, { model } from "../../recipes/quickstart.ts";

const two: Comparison = comparison([
  { name: "both", recipe: quickstart, reported: { microF1: 0.5, macroF1: 0.25 } },
  { name: "text", recipe: { ...quickstart, model: model(["text"]) } },
]);

export default two;
