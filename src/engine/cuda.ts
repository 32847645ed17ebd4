/** The cuda engine: the CUDA build of libtensorflow on an NVIDIA GPU. */
import { readDriver } from "./cuda/driver.ts";
import { loadCuda } from "./cuda/libraries.ts";
import { NoCuda } from "./cuda/reasons.ts";
import type { Engine } from "./engine.ts";
import type { EngineOptions } from "./options.ts";
import { locate } from "./setup/locate.ts";
import { tensorflow } from "./tensorflow.ts";

/**
 * Opens libtensorflow on the first GPU.
 *
 * @throws NoCuda with the reason when driver, GPU, libraries or the build are missing or do not fit.
 */
export function cuda(options: EngineOptions = {}): Engine {
  const { gpus: [gpu] } = readDriver();
  const files = locate("cuda");
  if (files === undefined) {
    throw new NoCuda(
      `libtensorflow's CUDA build, for this ${gpu.name}, is not set up; \`deno task setup --cuda\` fetches it`,
      "run that",
    );
  }
  if (files.nvidia !== undefined) loadCuda(files.nvidia);
  return tensorflow(files, options, gpu);
}
