/** What a run starts from: the model, which of its parameters learn, and first values in the engine's memory. */
import { random } from "../base/random.ts";
import { sizeOf, type Value } from "../base/value.ts";
import { build, type Model } from "../dsl/build.ts";
import type { Param, Shape } from "../dsl/node.ts";
import { sameShape, ShapeError, showShape } from "../dsl/shape.ts";
import { toEngine } from "../store/layout.ts";
import type { Memory } from "../tensor.ts";
import { trainable } from "./freeze.ts";
import type { Optimizer } from "./optimizer.ts";
import type { NodeFeatures, Recipe } from "./recipe.ts";
import { momentName } from "./step.ts";

/** A recipe's model and the names that learn. */
export interface Plan {
  /** What computes the nodes' features, in a recipe that has some. */
  readonly tower?: Model;
  readonly model: Model;
  readonly trainable: ReadonlySet<string>;
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

/** Builds a recipe's model; no data, no tensor. Logits of another shape than `[batch, labels]` are an error. */
export function plan(
  { model, data: { made: data }, labels, freeze, nodes }: Pick<
    Recipe,
    "model" | "data" | "labels" | "freeze" | "nodes"
  >,
): Plan {
  const shapesOf = (specs: Readonly<Record<string, { readonly shape: Shape }>>, batch: Shape) =>
    Object.fromEntries(Object.entries(specs).map(([name, { shape }]) => [name, [...batch, ...shape]]));
  const inputs = shapesOf(data.inputs, ["batch"]);
  const tower = nodes && towerOf(nodes, inputs);
  const built = build(model, {
    ...inputs,
    ...shapesOf(data.constants ?? {}, []),
    ...(tower && { nodes: ["nodes", tower.output.shape[1]] }),
  });
  const { shape } = built.output;
  if (!sameShape(shape, ["batch", labels])) {
    throw new ShapeError(
      `Cannot build the model: expected logits of shape [batch, ${labels}], found ${showShape(shape)}`,
    );
  }
  return { model: built, trainable: trainable(weightNames(built), freeze), ...(tower && { tower }) };
}

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

/** Puts the optimizer's moments into the memory, all 0. */
export async function clearMoments(
  memory: Pick<Memory, "put">,
  { model, trainable }: Plan,
  { moments }: Pick<Optimizer, "moments">,
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
