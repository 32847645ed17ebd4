/** How many labels a model is built for: what the recipe states, or what the data has. */
import { oneLine, OnesheetError } from "../base/errors.ts";
import type { Recipe } from "./recipe.ts";

/**
 * The recipe with the number of labels stated; it must be the number that a recipe states itself.
 *
 * @param from what has these labels, as a message calls it
 */
export function withLabels(recipe: Recipe, labels: readonly string[], from = "this data"): Recipe {
  const { length } = labels;
  if (recipe.labels === undefined || recipe.labels === length) return { ...recipe, labels: length };
  throw new OnesheetError(
    `Cannot use ${from} with "${recipe.name}": expected the ${recipe.labels} labels that the recipe states, found ` +
      `${length} (${oneLine(labels.slice(0, 4).join(", "))}${
        length > 4 ? ", …" : ""
      }); use --set labels=${length}, ` +
      "or leave `labels` out of the recipe",
  );
}

/** The number of labels of a recipe that states it. */
export function numLabelsOf({ labels }: Pick<Recipe, "labels">): number {
  if (labels !== undefined) return labels;
  throw new OnesheetError(
    "Cannot build the model: the recipe leaves the number of labels to the data, which is not open; use --set labels=N",
    { exitCode: 2 },
  );
}
