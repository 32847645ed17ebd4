/** `train --plan`: what a recipe's model consists of, without data, download or training. */
import { messageOf, OnesheetError } from "../base/errors.ts";
import { type Box, outline } from "../dsl/outline.ts";
import { showShape } from "../dsl/shape.ts";
import { summarize } from "../dsl/summary.ts";
import { modelGraph } from "../report/model_graph.ts";
import { table } from "../report/table.ts";
import { withLabels } from "../train/labels.ts";
import { printable, type Recipe } from "../train/recipe.ts";
import { plan } from "../train/start.ts";
import { leaveNetwork } from "./permissions.ts";
import { listSettings } from "./settings.ts";

const count = (n: number) => n.toLocaleString("en-US");

const NOTHING: ReadonlySet<string> = new Set();

/**
 * A recipe that states its labels. Where it leaves them to the data, that is opened, in `data` or where the source finds
 * it; nothing is fetched, and no input is prepared.
 */
export async function withLabelsOfData(recipe: Recipe, data?: string): Promise<Recipe> {
  if (recipe.labels !== undefined) return recipe;
  leaveNetwork();
  try {
    await using set = await recipe.data.made.open({ inputs: [], ...(data !== undefined && { data }) });
    return withLabels(recipe, set.labels);
  } catch (cause) {
    throw new OnesheetError(
      `Cannot plan "${recipe.name}": the recipe leaves the number of labels to the data, and that cannot be opened (${
        messageOf(cause).split(";")[0]
      }); use --data DIR or --set labels=N`,
      { cause, exitCode: 2 },
    );
  }
}

/** The plan as a program reads it. */
export function planJson(recipe: Recipe): Record<string, unknown> {
  const { model, trainable, tower } = plan(recipe);
  const { parameters, modules, names } = summarize(model, trainable);
  return {
    recipe: recipe.name,
    parameters,
    modules,
    ...(tower && { nodes: summarize(tower, NOTHING).parameters }),
    stateDict: { names: names.length, arrays: model.params.length },
    graph: outline(model, trainable),
    settings: printable(recipe),
  };
}

const row = ({ name, output, parameters, trainable }: Box): string[] => [
  name,
  showShape(output),
  count(parameters),
  count(trainable),
];

/** The plan as a person reads it. */
export function planText(recipe: Recipe): string {
  const { model, trainable, tower } = plan(recipe);
  const { parameters, names } = summarize(model, trainable);
  const { boxes } = outline(model, trainable);
  const inputs = Object.entries(model.inputs).map(([name, shape]) => `${name} ${showShape(shape)}`);
  return [
    `${recipe.name}: ${inputs.join(", ")} -> logits ${showShape(model.output.shape)}`,
    "",
    table({
      head: ["module", "output", "parameters", "trainable"],
      rows: boxes.filter(({ isInput }) => !isInput).map(row),
      foot: ["total", "", count(parameters.total), count(parameters.trainable)],
    }),
    `${names.length} names in the state_dict, ${model.params.length} arrays`,
    ...tower
      ? [
        `beside it, for the features of the nodes, computed once: ${
          count(summarize(tower, NOTHING).parameters.total)
        } parameters`,
      ]
      : [],
    "",
    "settings, as --set takes them",
    ...listSettings(recipe).map((setting) => `  ${setting}`),
  ].join("\n");
}

/** How many parameters a box has, and how many of them learn. */
const learning = ({ parameters, trainable }: Box): string =>
  trainable === parameters
    ? `${count(parameters)} parameters`
    : trainable === 0
    ? `${count(parameters)} frozen`
    : `${count(parameters)}, ${count(trainable)} learn`;

/** The plan as a picture. */
export function planSvg(recipe: Recipe): string {
  const { model, trainable } = plan(recipe);
  const { boxes, edges } = outline(model, trainable);
  const drawn = boxes.map((box) => ({
    name: box.name,
    lines: [showShape(box.output), ...box.parameters > 0 ? [learning(box)] : []],
    isFrozen: box.parameters > 0 && box.trainable === 0,
    isInput: box.isInput,
  }));
  return modelGraph(`the model of ${recipe.name}`, drawn, edges);
}
