/**
 * Recipes and how they are trained: losses, optimizers, schedules, stopping rules, the run and what it tells.
 *
 * @module
 */
export type { Choice } from "../base/choice.ts";
export { bertNames, type Rename, resnetNames, vggNames } from "../store/rename.ts";
export { type EfficientNetBlocks, efficientNetNames } from "../store/rename_efficientnet.ts";
export type { Engine, Memory, Step, Tensor, Tensors } from "../tensor.ts";
export { type Comparison, comparison, type Reported, type System } from "./comparison.ts";
export type { EndReason, TrainEvent } from "./events.ts";
export { fit, type FitOptions } from "./fit.ts";
export { cosineDecay, type DecayOptions, linearDecay } from "./decay.ts";
export { type FreezeRule, trainable } from "./freeze.ts";
export { asymmetric, balancedCrossEntropy, binaryCrossEntropy, focal, type Loss } from "./loss.ts";
export type { LabelScore, ScoreName, Scores } from "./metrics.ts";
export * from "./optimizer.ts";
export {
  hub,
  type ModelContext,
  type NodeFeatures,
  type Pretrained,
  printable,
  type Recipe,
  recipe,
  type RecipeModel,
  type RecipeSettings,
} from "./recipe.ts";
export type { CheckpointEvery, EpochMetrics } from "./run.ts";
export {
  constant,
  type Schedule,
  type ScheduleState,
  type StepPlace,
  warmupThenPlateau,
} from "./schedule.ts";
export type { ParameterGroup } from "./groups.ts";
export type { Stage } from "./stages.ts";
export type { Asymmetry } from "../ops/asymmetric_loss.ts";
export { randomize } from "./start.ts";
export { predictionStep } from "./step.ts";
export * from "./stopping.ts";
