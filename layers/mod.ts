/** Layers: functions from symbolic nodes to a symbolic node, under a name. */
export * from "./attention.ts";
export * from "./backbones/bert.ts";
export * from "./backbones/resnet.ts";
export * from "./conv.ts";
export * from "./dropout.ts";
export * from "./embedding.ts";
export * from "./functions.ts";
export * from "./fusion.ts";
export * from "./heads.ts";
export * from "./init.ts";
export * from "./linear.ts";
export * from "./norm.ts";
export * from "./pool.ts";
export * from "./sequential.ts";
export * from "./swiglu.ts";
