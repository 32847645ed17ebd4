/** Pure functions of tensors, with PyTorch's meaning. */
export { gelu, relu, sigmoid, silu, tanh } from "./activation.ts";
export { attention, type AttentionOptions } from "./attention.ts";
export { batchNorm, batchNormTraining, type Normalized } from "./batch_norm.ts";
export { convolution, maxPool, type Window } from "./convolution.ts";
export { dropout } from "./dropout.ts";
export { embedding } from "./embedding.ts";
export { crossEntropy, focalLoss } from "./focal_loss.ts";
export { layerNorm } from "./layer_norm.ts";
export { linear } from "./linear.ts";
export { meanPool } from "./mean_pool.ts";
export { smooth } from "./smooth.ts";
