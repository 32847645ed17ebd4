/** The portable engine: tfjs on WebAssembly, every operation at once, nothing native. */
import { OnesheetError } from "../base/errors.ts";
import type { Engine } from "./engine.ts";
import { BACKEND, install } from "./portable/kernel.ts";
import { openMemory } from "./portable/memory.ts";
import { portableKernels } from "./portable_kernels.ts";
import { require, tf } from "./tfjs.ts";

/**
 * Opens the portable engine and makes it tfjs's backend; it lives as long as the process. One thread: the backend's
 * threads need browser workers.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { float32 } from "../base/value.ts";
 * import { portable } from "./portable.ts";
 *
 * const engine = await portable();
 * using memory = engine.memory();
 * await memory.put("total", float32([], [1]));
 * const add = memory.compile(({ total }, { x }) => ({ state: { total: total.add(x) }, outputs: { x } }));
 * await add.run({ x: float32([], [2]) });
 * assertEquals(await memory.get("total"), float32([], [3]));
 * ```
 */
export async function portable(): Promise<Engine> {
  require("@tensorflow/tfjs-backend-wasm");
  portableKernels.forEach(install);
  if (!await tf.setBackend(BACKEND)) {
    throw new OnesheetError(
      "Cannot open the portable engine: WebAssembly did not start in this JavaScript runtime",
    );
  }
  const simd = await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT");
  return {
    name: "portable",
    options: {},
    description: `tfjs ${tf.version.tfjs} on WebAssembly${simd ? " with SIMD" : ""}, 1 thread`,
    memory: openMemory,
    holdings: () => ({ tensors: tf.memory().numTensors, handles: 0 }),
  };
}
