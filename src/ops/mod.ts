/** Pure functions of tensors, with PyTorch's meaning. */
export { elu, gelu, leakyRelu, relu, relu6, sigmoid, silu, tanh } from "./activation.ts";
export { attention, type AttentionOptions } from "./attention.ts";
export { batchNorm, batchNormTraining, type Normalized } from "./batch_norm.ts";
export { convolution, depthwiseConvolution, maxPool, type Padding, type Window } from "./convolution.ts";
export { dropout, dropSamples } from "./dropout.ts";
export { embedding } from "./embedding.ts";
export { crossEntropy, focalLoss } from "./focal_loss.ts";
export { layerNorm } from "./layer_norm.ts";
export { linear } from "./linear.ts";
export { adaptiveMeanPool, meanPool } from "./mean_pool.ts";
export { edgeList, type Messages, neighbourLists } from "./messages.ts";
export { segmentSoftmax, segmentSum } from "./segment.ts";
export { smooth } from "./smooth.ts";
