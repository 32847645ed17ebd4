/**
 * The words that layers are made of: nodes, scopes, arrays by name, and the model that they build.
 *
 * @module
 */
export type { Random } from "../base/random.ts";
export type { Tensor, Tensors } from "../tensor.ts";
export * from "./build.ts";
export * from "./node.ts";
export { features, imageShape, sameShape, ShapeError, showShape } from "./shape.ts";
export { type ModelSummary, type ModuleSummary, type ParameterCount, summarize } from "./summary.ts";
