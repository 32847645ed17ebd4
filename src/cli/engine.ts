/** The options of commands that open an engine. */
import { chooseEngine, type Chosen, type EngineName, engineNames } from "../engine/choose.ts";
import { type EngineOptions, precisions } from "../engine/options.ts";
import type { Option } from "./command.ts";
import type { ValueOf } from "./options.ts";

/** Where and how it computes. */
export const engineOptions = {
  engine: {
    kind: "string",
    oneOf: engineNames,
    help:
      "where it runs: on CUDA, with libtensorflow on the CPU, without native code; auto takes the best there is",
  },
  precision: {
    kind: "string",
    oneOf: precisions,
    help: "of products and convolutions: bfloat16 on the CPU, mixed (float16) on CUDA; float32 unless given",
  },
  xla: { kind: "boolean", help: "compile with XLA" },
  tf32: {
    kind: "boolean",
    help: "on CUDA, faster products and convolutions of float32 with 10 bits of mantissa",
  },
} as const satisfies Readonly<Record<string, Option>>;

type Given = { readonly [Name in keyof typeof engineOptions]: ValueOf<typeof engineOptions[Name]> };

/** How a run computed: another engine comes to other bits. */
export interface Computed extends EngineOptions {
  readonly engine?: EngineName;
}

/** Opens the engine asked for; what is not given is as it was `before`. */
export const openEngine = (given: Given, before: Computed = {}): Promise<Chosen> => {
  const { engine = before.engine ?? "auto", precision = before.precision, xla, tf32 } = given;
  return chooseEngine(engine, {
    ...(precision !== undefined && { precision }),
    xla: xla || before.xla === true,
    tf32: tf32 || before.tf32 === true,
  });
};
