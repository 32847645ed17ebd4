/**
 * Onesheet: multimodal classifiers from a recipe.
 *
 * Layers are functions from symbolic nodes to a symbolic node under a name; a recipe is data and a model function;
 * the runner trains it on libtensorflow (CPU or CUDA) or, without native code, on WebAssembly. Everything is here; the
 * parts are in `./layers`, `./ops`, `./dsl`, `./data` and `./train`.
 *
 * @module
 */
export { type Choice, choice } from "./src/base/choice.ts";
export { OnesheetError } from "./src/base/errors.ts";
export { type Random, random } from "./src/base/random.ts";
export { float32, int32, sizeOf, type Value, type Values } from "./src/base/value.ts";
export type {
  Engine,
  EngineOptions,
  Frozen,
  FrozenTensor,
  Holdings,
  Memory,
  Precision,
  Program,
  Spec,
  Step,
  Tensor,
  Tensors,
} from "./src/tensor.ts";
export { chooseEngine, type Chosen, type EngineName } from "./src/engine/choose.ts";
export * from "./src/data/mod.ts";
export * from "./src/dsl/mod.ts";
export * from "./src/train/mod.ts";
export * from "./layers/mod.ts";
