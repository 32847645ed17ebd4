/**
 * The one door to tfjs. Every part is loaded as CommonJS: the package's ES modules are a second registry of kernels
 * and gradients, and the Node kernels are CommonJS only.
 */
import { createRequire } from "node:module";
import util from "node:util";
import type * as Tfjs from "@tensorflow/tfjs";

/** `require`, resolved from here. */
export const require: NodeJS.Require = createRequire(import.meta.url);

// tfjs-node-gpu 4.22 calls two helpers that Deno and Node 23 no longer have.
const helpers = util as unknown as Record<string, unknown>;
helpers.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
helpers.isArray ??= Array.isArray;

/** tfjs: operations, gradients, registries. */
export const tf: typeof Tfjs = require("@tensorflow/tfjs");
