/** The tensorflow engine: libtensorflow under tfjs, eager as it stands and traced where a step is compiled. */
import type { KernelConfig } from "@tensorflow/tfjs";
import { newBinding } from "./binding.ts";
import { openEager } from "./eager.ts";
import type { Engine } from "./engine.ts";
import { adamwKernels } from "./kernels/adamw.ts";
import { convolutionKernels } from "./kernels/convolution.ts";
import { BACKEND, install, type KernelBackend } from "./kernels/kernel.ts";
import { fusedKernels } from "./kernels/fused.ts";
import { linearKernels } from "./kernels/linear.ts";
import { normalizationKernels } from "./kernels/normalization.ts";
import { randomKernels } from "./kernels/random.ts";
import { openLibrary } from "./library.ts";
import { openMemory } from "./memory.ts";
import { require, tf } from "./tfjs.ts";

const kernels: readonly KernelConfig[] = [
  ...linearKernels,
  ...convolutionKernels,
  ...normalizationKernels,
  ...randomKernels,
  ...adamwKernels,
  ...fusedKernels,
];

let opened: Engine | undefined;

/**
 * Opens libtensorflow and makes it tfjs's backend. The library lives as long as the process, so a second call gives
 * the same engine.
 *
 * @param paths where the two shared libraries are; see `prepare` in setup.ts
 */
export function tensorflow(paths: { readonly framework: string; readonly core: string }): Engine {
  if (opened === undefined) {
    const config = { threads: navigator.hardwareConcurrency };
    const library = openLibrary(paths);
    const eager = openEager(library, config);
    const { NodeJSKernelBackend } = require("@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend");
    require("@tensorflow/tfjs-node-gpu/dist/register_all_kernels");
    kernels.forEach(install);
    const backend: KernelBackend = new NodeJSKernelBackend(newBinding(library, eager), "onesheet");
    tf.registerBackend(BACKEND, () => backend as never);
    const { threads } = config;
    opened = {
      name: "tensorflow",
      description: `libtensorflow ${library.version} on ${eager.device}, ${threads} thread${
        threads === 1 ? "" : "s"
      }`,
      memory: () => openMemory(library, backend, config),
      holdings: () => ({ tensors: tf.memory().numTensors, handles: library.handles() }),
    };
  }
  if (tf.getBackend() !== BACKEND) tf.setBackend(BACKEND);
  return opened;
}
