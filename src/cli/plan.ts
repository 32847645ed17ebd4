/** `train --plan`: what a recipe's model consists of, without data, download or training. */
import { summarize } from "../dsl/summary.ts";
import { table } from "../report/table.ts";
import { printable, type Recipe } from "../train/recipe.ts";
import { plan } from "../train/start.ts";

const count = (n: number) => n.toLocaleString("en-US");

/** The plan as a program reads it. */
export function planJson(recipe: Recipe): Record<string, unknown> {
  const { model, trainable } = plan(recipe);
  const { parameters, modules, names } = summarize(model, trainable);
  return {
    recipe: recipe.name,
    parameters,
    modules,
    stateDict: { names: names.length, arrays: model.params.length },
    settings: printable(recipe),
  };
}

/** The plan as a person reads it. */
export function planText(recipe: Recipe): string {
  const { model, trainable } = plan(recipe);
  const { parameters, modules, names } = summarize(model, trainable);
  const inputs = Object.entries(model.inputs).map(([name, shape]) => `${name} [${shape.join(", ")}]`);
  return [
    `${recipe.name}: ${inputs.join(", ")} -> logits [${model.output.shape.join(", ")}]`,
    "",
    table({
      head: ["module", "parameters", "trainable"],
      rows: modules.map((m) => [m.name, count(m.parameters), count(m.trainable)]),
      foot: ["total", count(parameters.total), count(parameters.trainable)],
    }),
    `${names.length} names in the state_dict, ${model.params.length} arrays`,
  ].join("\n");
}
