/** Which engine a run gets. */
import { OnesheetError } from "../base/errors.ts";
import { cuda } from "./cuda.ts";
import { NoCuda } from "./cuda/reasons.ts";
import type { Engine } from "./engine.ts";
import { demandOptions, type EngineOptions } from "./options.ts";
import { portable } from "./portable.ts";
import { locateForCpu } from "./setup.ts";
import { tensorflow } from "./tensorflow.ts";

/** What can be asked for. */
export type EngineName = "auto" | "cuda" | "tensorflow" | "portable";

/** Every {@link EngineName}. */
export const engineNames = [
  "auto",
  "cuda",
  "tensorflow",
  "portable",
] as const satisfies readonly EngineName[];

/** An engine and why it was taken. */
export interface Chosen {
  /** It is open, and current. */
  readonly engine: Engine;
  /** The reason, for a person. */
  readonly why: string;
}

/** Whether this process may use native code; in the sandbox it may not. */
export const mayUseNative = (): boolean => Deno.permissions.querySync({ name: "ffi" }).state === "granted";

/** The portable engine, which has no options. */
async function withoutNative(options: EngineOptions, why: string): Promise<Chosen> {
  demandOptions("the portable engine", options);
  return { engine: await portable(), why };
}

/** An engine on CUDA, or why there is none. */
function onCuda(options: EngineOptions): Engine | string {
  try {
    return cuda(options);
  } catch (error) {
    if (error instanceof NoCuda) return error.reason;
    throw error;
  }
}

/**
 * Opens the engine asked for: `cuda` is libtensorflow on an NVIDIA GPU, `tensorflow` the same on the CPU. `auto` takes
 * CUDA where driver, GPU and build are there, then the CPU where a build is set up, and otherwise, or
 * where Deno does not permit FFI, does without.
 *
 * @throws OnesheetError when the engine asked for cannot be had, or does not have an option asked for.
 *
 * @example
 * ```ts
 * import { assertEquals, assertRejects } from "@std/assert";
 * import { chooseEngine } from "../../mod.ts";
 *
 * const { engine } = await chooseEngine("portable");
 * assertEquals(engine.name, "portable");
 * await assertRejects(() => chooseEngine("portable", { precision: "mixed" }));
 * ```
 */
export async function chooseEngine(name: EngineName, options: EngineOptions = {}): Promise<Chosen> {
  if (name === "portable") return await withoutNative(options, "as asked");
  if (!mayUseNative()) {
    if (name === "auto") return await withoutNative(options, "this process may not use native code");
    throw new OnesheetError(
      `Cannot use the ${name} engine: this process may not use native code; use --engine portable`,
      { exitCode: 2 },
    );
  }
  if (name === "cuda") return { engine: cuda(options), why: "as asked" };
  const found = name === "auto" ? onCuda(options) : "";
  if (typeof found === "object") return { engine: found, why: "driver, GPU and libraries are there" };
  const files = locateForCpu();
  if (files !== undefined) {
    const why = name === "auto" ? `libtensorflow is set up; no CUDA: ${found}` : "as asked";
    return { engine: tensorflow(files, options), why };
  }
  if (name === "auto") {
    return await withoutNative(options, "libtensorflow is not set up; `deno task setup` fetches it");
  }
  throw new OnesheetError(
    "Cannot use the tensorflow engine: libtensorflow is not set up; run `deno task setup`, or use --engine portable",
  );
}
