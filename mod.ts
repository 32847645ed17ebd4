/**
 * Onesheet: multimodal classifiers from a recipe.
 *
 * Layers are functions from symbolic nodes to a symbolic node under a name; a recipe is data and a model function;
 * the runner trains it on libtensorflow (CPU or CUDA) or, without native code, on WebAssembly.
 *
 * @module
 */
export { type Choice, choice } from "./src/base/choice.ts";
export { OnesheetError } from "./src/base/errors.ts";
export { type Random, random } from "./src/base/random.ts";
export type { Patience } from "./src/base/retry.ts";
export { float32, int32, sizeOf, type Value, type Values } from "./src/base/value.ts";
export * from "./src/data/augment.ts";
export type { Picture } from "./src/data/picture.ts";
export type { ImagePreparation } from "./src/data/images.ts";
export type { Preparation } from "./src/data/rows.ts";
export { drawnFilms, type DrawnFilmsOptions } from "./src/data/drawn_source.ts";
export type { CorpusDataset, CorpusOptions } from "./src/data/corpus_dataset.ts";
export { mmimdb, type MmimdbOptions, type MmimdbSource } from "./src/data/mmimdb.ts";
export { imagenet, type Moments } from "./src/data/normalize.ts";
export type { FoundTokenizer } from "./src/data/tokenizer_for.ts";
export type { Tokenizer, Tokens } from "./src/data/tokens.ts";
export type { Places } from "./src/data/places.ts";
export type {
  Batch,
  Dataset,
  Draw,
  Example,
  InputSpec,
  OpenOptions,
  Reader,
  Rows,
  Source,
} from "./src/data/source.ts";
export { type SplitOptions, trainTestSplit } from "./src/data/split.ts";
export * from "./src/dsl/build.ts";
export * from "./src/dsl/node.ts";
export { features, imageShape, sameShape, ShapeError, showShape } from "./src/dsl/shape.ts";
export { type ModelSummary, type ModuleSummary, type ParameterCount, summarize } from "./src/dsl/summary.ts";
export type {
  Engine,
  EngineOptions,
  Holdings,
  Memory,
  Precision,
  Program,
  Step,
  Tensor,
  Tensors,
} from "./src/tensor.ts";
export { bertNames, type Rename, resnetNames } from "./src/store/rename.ts";
export { chooseEngine, type Chosen, type EngineName } from "./src/engine/choose.ts";
export { type Comparison, comparison, type Reported, type System } from "./src/train/comparison.ts";
export { fit, type FitOptions } from "./src/train/fit.ts";
export { type FreezeRule, trainable } from "./src/train/freeze.ts";
export type { EndReason, TrainEvent } from "./src/train/events.ts";
export type { LabelScore, ScoreName, Scores } from "./src/train/metrics.ts";
export type { CheckpointEvery, EpochMetrics } from "./src/train/run.ts";
export * from "./src/train/loss.ts";
export * from "./src/train/optimizer.ts";
export { hub, type Pretrained, printable, type Recipe, recipe } from "./src/train/recipe.ts";
export * from "./src/train/schedule.ts";
export { randomize } from "./src/train/start.ts";
export { predictionStep } from "./src/train/step.ts";
export * from "./src/train/stopping.ts";
export * from "./layers/mod.ts";
