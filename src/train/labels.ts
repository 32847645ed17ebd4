/** How many labels a model is built for: what the recipe states, or what the data has. */
import { oneLine, OnesheetError } from "../base/errors.ts";
import type { Recipe } from "./recipe.ts";
import { readLabels, runFiles } from "./run.ts";

/**
 * The recipe with the number of labels stated; it must be the number that a recipe states itself.
 *
 * @param from what has these labels, as a message calls it, and what to do where they are too many or too few
 */
export function withLabels(
  recipe: Recipe,
  labels: readonly string[],
  { name, wayOut }: { readonly name: string; readonly wayOut: string } = {
    name: "this data",
    wayOut: `use --set labels=${labels.length}, or leave \`labels\` out of the recipe`,
  },
): Recipe {
  const { length } = labels;
  if (recipe.labels === undefined || recipe.labels === length) return { ...recipe, labels: length };
  throw new OnesheetError(
    `Cannot use ${name} with "${recipe.name}": expected the ${recipe.labels} labels that the recipe states, found ` +
      `${length} (${oneLine(labels.slice(0, 4).join(", "))}${length > 4 ? ", …" : ""}); ${wayOut}`,
  );
}

/** The recipe of a run with the number of its labels stated. */
export const withRunLabels = async (recipe: Recipe, folder: string): Promise<Recipe> =>
  withLabels(recipe, await readLabels(folder), {
    name: `"${runFiles(folder).labels}"`,
    wayOut: "put the file back as training wrote it",
  });

/** The number of labels of a recipe that states it. */
export function numLabelsOf({ labels }: Pick<Recipe, "labels">): number {
  if (labels !== undefined) return labels;
  throw new OnesheetError(
    "Cannot build the model: the recipe leaves the number of labels to the data, which is not open; use --set labels=N",
    { exitCode: 2 },
  );
}
