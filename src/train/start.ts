/** What a run starts from: the model, which of its parameters learn, and first values in the engine's memory. */
import { random } from "../base/random.ts";
import { sizeOf, type Value } from "../base/value.ts";
import { build, type Model } from "../dsl/build.ts";
import type { Dim, Param } from "../dsl/node.ts";
import { sameShape, ShapeError, showShape } from "../dsl/shape.ts";
import { toEngine } from "../store/layout.ts";
import type { Memory } from "../tensor.ts";
import { trainable } from "./freeze.ts";
import type { Optimizer } from "./optimizer.ts";
import type { Recipe } from "./recipe.ts";
import { momentName } from "./step.ts";

/** A recipe's model and the names that learn. */
export interface Plan {
  readonly model: Model;
  readonly trainable: ReadonlySet<string>;
}

/** Builds a recipe's model; no data, no tensor. Logits of another shape than `[batch, labels]` are an error. */
export function plan(
  { model, data, labels, freeze }: Pick<Recipe, "model" | "data" | "labels" | "freeze">,
): Plan {
  const shapes = Object.entries(data.made.inputs).map(([name, { shape }]) =>
    [name, ["batch" as Dim, ...shape]] as const
  );
  const built = build(model, Object.fromEntries(shapes));
  const { shape } = built.output;
  if (!sameShape(shape, ["batch", labels])) {
    throw new ShapeError(
      `Cannot build the model: expected logits of shape [batch, ${labels}], found ${showShape(shape)}`,
    );
  }
  return { model: built, trainable: trainable(weightNames(built), freeze) };
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
