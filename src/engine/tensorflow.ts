/** The tensorflow engine: libtensorflow under tfjs, eager as it stands and traced where a step is compiled. */
import type { KernelConfig } from "@tensorflow/tfjs";
import { newBinding } from "./binding.ts";
import type { SessionConfig } from "./config.ts";
import { type Gpu, gpuText } from "./cuda/driver.ts";
import { NoCuda } from "./cuda/reasons.ts";
import { type Eager, openEager } from "./eager.ts";
import type { Engine } from "./engine.ts";
import { adamwKernels } from "./kernels/adamw.ts";
import { convolutionKernels } from "./kernels/convolution.ts";
import { depthwiseKernels } from "./kernels/depthwise.ts";
import { BACKEND, install, type KernelBackend } from "./kernels/kernel.ts";
import { fusedKernels } from "./kernels/fused.ts";
import { linearKernels } from "./kernels/linear.ts";
import { normalizationKernels } from "./kernels/normalization.ts";
import { randomKernels } from "./kernels/random.ts";
import { segmentKernels } from "./kernels/segment.ts";
import { type Library, openLibrary } from "./library.ts";
import { openMemory } from "./memory.ts";
import { demandOptions, type EngineOptions, optionsText, unusual } from "./options.ts";
import { require, tf } from "./tfjs.ts";

const kernels: readonly KernelConfig[] = [
  ...linearKernels,
  ...convolutionKernels,
  ...depthwiseKernels,
  ...normalizationKernels,
  ...randomKernels,
  ...segmentKernels,
  ...adamwKernels,
  ...fusedKernels,
];

/** The library, open, with an eager context, under tfjs. */
interface Opened {
  readonly library: Library;
  readonly device: Eager["device"];
  readonly backend: KernelBackend;
}

let opened: Opened | undefined;
const engines = new Map<string, Engine>();

function open(paths: LibraryPaths, config: SessionConfig): Opened {
  const library = openLibrary(paths);
  const eager = openEager(library, config);
  const { NodeJSKernelBackend } = require("@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend");
  require("@tensorflow/tfjs-node-gpu/dist/register_all_kernels");
  kernels.forEach(install);
  const backend: KernelBackend = new NodeJSKernelBackend(newBinding(library, eager), "onesheet");
  tf.registerBackend(BACKEND, () => backend as never);
  return { library, device: eager.device, backend };
}

/** Where the two shared libraries are; see `prepare` in setup.ts. */
interface LibraryPaths {
  readonly framework: string;
  readonly core: string;
}

/**
 * Opens libtensorflow and makes it tfjs's backend. The library lives as long as the process: a second call uses the one
 * that is open, and gives the same engine for the same options.
 *
 * @param gpu what the engine computes on; the CPU unless given
 * @throws NoCuda when the library does not find the GPU.
 */
export function tensorflow(paths: LibraryPaths, options: EngineOptions = {}, gpu?: Gpu): Engine {
  demandOptions(gpu === undefined ? "the CPU" : "CUDA", options);
  const asked = unusual(options);
  const { tf32 = false, xla = false } = asked;
  const config = { ...asked, threads: navigator.hardwareConcurrency, gpu: gpu !== undefined };
  const { library, device, backend } = opened ??= open(paths, config);
  if (gpu !== undefined && device !== "GPU") {
    throw new NoCuda(
      `libtensorflow does not find the GPU that the driver shows (${gpuText(gpu)})`,
      "TF_CPP_MIN_LOG_LEVEL=0 in the environment shows why",
    );
  }
  if (tf.getBackend() !== BACKEND) tf.setBackend(BACKEND);
  if (gpu !== undefined) library.c.enableTf32?.(tf32 ? 1 : 0);
  if (xla) library.c.TF_SetTfXlaCpuGlobalJit?.(1);
  const key = JSON.stringify(config);
  const known = engines.get(key);
  if (known !== undefined) return known;
  const { threads } = config;
  const place = gpu === undefined ? `CPU, ${threads} thread${threads === 1 ? "" : "s"}` : gpuText(gpu);
  const engine: Engine = {
    name: gpu === undefined ? "tensorflow" : "cuda",
    options: asked,
    description: `libtensorflow ${library.version} on ${place}${optionsText(asked)}`,
    memory: () => openMemory(library, backend, config),
    holdings: () => ({ tensors: tf.memory().numTensors, handles: library.handles() }),
  };
  engines.set(key, engine);
  return engine;
}
