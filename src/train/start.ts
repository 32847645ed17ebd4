/** What a run starts from: the model, which of its parameters learn, and first values in the engine's memory. */
import { random } from "../base/random.ts";
import { sizeOf, type Value } from "../base/value.ts";
import type { OpenOptions } from "../data/source.ts";
import { build, type Model } from "../dsl/build.ts";
import type { Param, Shape } from "../dsl/node.ts";
import { sameShape, ShapeError, showShape } from "../dsl/shape.ts";
import { toEngine } from "../store/layout.ts";
import type { Memory } from "../tensor.ts";
import { trainable } from "./freeze.ts";
import { type Treatment, treatments } from "./groups.ts";
import { numLabelsOf } from "./labels.ts";
import type { NodeFeatures, Recipe } from "./recipe.ts";
import { waits } from "./stages.ts";
import { momentName } from "./update.ts";

/** A recipe's model and the names that learn. */
export interface Plan {
  /** What computes the nodes' features, in a recipe that has some. */
  readonly tower?: Model;
  readonly model: Model;
  readonly trainable: ReadonlySet<string>;
  /** How those are treated that are not as the others. */
  readonly treatments: ReadonlyMap<string, Treatment>;
  /** The epochs that those wait that do not learn from the first. */
  readonly waits: ReadonlyMap<string, number>;
}

/** The model of the nodes' features. */
function towerOf({ tower }: NodeFeatures, inputs: Readonly<Record<string, Shape>>): Model {
  const built = build(tower, inputs);
  const { shape } = built.output;
  if (shape.length === 2 && shape[0] === "batch" && typeof shape[1] === "number") return built;
  throw new ShapeError(
    `Cannot build the tower of the nodes: expected features of shape [batch, features], found ${
      showShape(shape)
    }`,
  );
}

/** What a plan is made of. */
type Planned = Pick<Recipe, "model" | "data" | "labels" | "freeze" | "nodes" | "groups" | "stages">;

function planFor(
  { model, data: { made: data }, freeze, nodes, groups = [], stages = [] }: Planned,
  numLabels: number,
): Plan {
  const shapesOf = (specs: Readonly<Record<string, { readonly shape: Shape }>>, batch: Shape) =>
    Object.fromEntries(Object.entries(specs).map(([name, { shape }]) => [name, [...batch, ...shape]]));
  const inputs = shapesOf(data.inputs, ["batch"]);
  const tower = nodes && towerOf(nodes, inputs);
  const built = build<string>((inputs, at) => model(inputs, at, { numLabels }), {
    ...inputs,
    ...shapesOf(data.constants ?? {}, []),
    ...(tower && { nodes: ["nodes", tower.output.shape[1]] }),
  });
  const names = weightNames(built), learning = [...trainable(names, freeze)];
  return {
    model: built,
    ...(tower && { tower }),
    trainable: new Set(learning),
    treatments: treatments(names, groups),
    waits: waits(learning, stages),
  };
}

/** Refuses logits of another shape than `[batch, numLabels]`, those of auxiliary losses included. */
function demandLogits({ output, losses }: Model, numLabels: number): void {
  const others = Object.values(losses).flatMap((loss) => "logits" in loss ? [loss.logits] : []);
  for (const { shape } of [output, ...others]) {
    if (sameShape(shape, ["batch", numLabels])) continue;
    const isOther = shape.length === 2 && shape[0] === "batch";
    throw new ShapeError(
      `Cannot build the model: expected logits of shape [batch, ${numLabels}], found ${showShape(shape)}` +
        (isOther ? "; make the head as wide as the model function's `numLabels`" : ""),
    );
  }
}

/** Builds the model of a recipe that states its labels; no data, no tensor. */
export function plan(recipe: Planned): Plan {
  const numLabels = numLabelsOf(recipe), planned = planFor(recipe, numLabels);
  demandLogits(planned.model, numLabels);
  return planned;
}

/** Stands for a number of labels that is not known yet. */
const SOME = 2;

/**
 * The plan before the data is open. It is right in all but what depends on the number of labels, where the recipe leaves
 * that to the data.
 */
export const draftPlan = (recipe: Planned): Plan =>
  recipe.labels === undefined ? planFor(recipe, SOME) : plan(recipe);

/** What a source is asked for: the inputs that the model looks at, and those that its tower will. */
export const wantedOf = ({ model, tower }: Plan): Pick<OpenOptions, "inputs" | "alsoFor"> => ({
  inputs: model.reads,
  ...(tower && { alsoFor: tower.reads }),
});

/** The inputs that the model reads, of all that its source makes. */
export const inputsRead = <Spec>(
  { model }: Pick<Plan, "model">,
  inputs: Readonly<Record<string, Spec>>,
): Readonly<Record<string, Spec>> =>
  Object.fromEntries(Object.entries(inputs).filter(([name]) => model.reads.includes(name)));

/** Names of the arrays that are learnt or could be. */
export const weightNames = (model: Pick<Model, "params">): string[] =>
  model.params.filter((param) => param.kind === "weight").map((param) => param.name);

/** First values of one array: a function of seed and name. */
export function firstValue(param: Param, seed: number): Value {
  const data = param.init(param.shape, random(seed, "init", param.name));
  const { shape } = param;
  return toEngine(
    param.dtype === "float32"
      ? { dtype: "float32", shape, data }
      : { dtype: "int32", shape, data: Int32Array.from(data) },
    param,
  );
}

/** Puts first values of every array into the memory. */
export async function randomize(
  memory: Pick<Memory, "put">,
  model: Pick<Model, "params">,
  seed: number,
): Promise<void> {
  for (const param of model.params) await memory.put(param.name, firstValue(param, seed));
}

/** Puts arrays of the shapes of all parameters that learn into the memory, once for each moment, all 0. */
export async function clearMoments(
  memory: Pick<Memory, "put">,
  { model, trainable }: Pick<Plan, "model" | "trainable">,
  { moments }: { readonly moments: readonly string[] },
): Promise<void> {
  for (const param of model.params.filter(({ name }) => trainable.has(name))) {
    const zeros = toEngine({
      dtype: "float32",
      shape: param.shape,
      data: new Float32Array(sizeOf(param.shape)),
    }, param);
    for (const moment of moments) await memory.put(momentName(moment, param.name), zeros);
  }
}
