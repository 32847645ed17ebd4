/** Every kernel the portable engine adds to tfjs's wasm backend or replaces in it. */
import type { KernelConfig } from "@tensorflow/tfjs";
import { adamwKernels } from "./portable/adamw.ts";
import { batchNormKernels } from "./portable/batch_norm.ts";
import { convolutionKernels } from "./portable/convolution.ts";
import { depthwiseKernels } from "./portable/depthwise.ts";
import { fusedKernels } from "./portable/fused.ts";
import { matmulKernels } from "./portable/matmul.ts";
import { poolingKernels } from "./portable/pooling.ts";
import { randomKernels } from "./portable/random.ts";
import { segmentMaxKernels } from "./portable/segment_max.ts";
import { segmentSumKernels } from "./portable/segment_sum.ts";
import { sumKernels } from "./portable/sum.ts";

/** In no particular order. */
export const portableKernels: readonly KernelConfig[] = [
  ...matmulKernels,
  ...convolutionKernels,
  ...depthwiseKernels,
  ...poolingKernels,
  ...sumKernels,
  ...segmentSumKernels,
  ...segmentMaxKernels,
  ...batchNormKernels,
  ...randomKernels,
  ...adamwKernels,
  ...fusedKernels,
];
