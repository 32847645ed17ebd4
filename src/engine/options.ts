/** How an engine computes: what may be asked of it beside where it runs. */
import { OnesheetError } from "../base/errors.ts";

/** Every {@link Precision}. */
export const precisions: readonly Precision[] = ["float32", "bfloat16", "mixed"];

/**
 * The numbers of products and convolutions: `float32`, `bfloat16` on the CPU, or `mixed`, which is float16 on CUDA with
 * the loss scaled. Parameters, moments, statistics and the loss are float32 in every case.
 */
export type Precision = "float32" | "bfloat16" | "mixed";

/** What may be asked of an engine. */
export interface EngineOptions {
  /** `float32` unless given. */
  readonly precision?: Precision;
  /** Compile clusters of operations with XLA; not unless given. */
  readonly xla?: boolean;
  /**
   * On CUDA, round the factors of float32 products and convolutions to 10 bits of mantissa; not unless given. It is one
   * switch of the process for both: PyTorch's default, convolutions with and products without, cannot be had.
   */
  readonly tf32?: boolean;
}

/** The options that are not the usual, for records and messages. */
export const unusual = (
  { precision = "float32", xla = false, tf32 = false }: EngineOptions,
): EngineOptions => ({
  ...(precision !== "float32" && { precision }),
  ...(xla && { xla }),
  ...(tf32 && { tf32 }),
});

/** The unusual options as the end of a sentence; nothing when all is usual. */
export function optionsText({ precision, xla, tf32 }: EngineOptions): string {
  const said = [precision, xla && "XLA", tf32 && "TF32"].filter((word) => word);
  return said.map((word) => `, ${word}`).join("");
}

/** Where an engine computes. */
export type Place = "CUDA" | "the CPU" | "the portable engine";

/** Options that do something only there, with what to use elsewhere. */
const only: readonly (readonly [
  option: string,
  asked: (options: EngineOptions) => boolean,
  places: readonly Place[],
  wayOut: string,
])[] = [
  [
    "--precision bfloat16",
    ({ precision }) => precision === "bfloat16",
    ["the CPU"],
    "on CUDA use --precision mixed",
  ],
  [
    "--precision mixed",
    ({ precision }) => precision === "mixed",
    ["CUDA"],
    "on the CPU use --precision bfloat16",
  ],
  ["--tf32", ({ tf32 = false }) => tf32, ["CUDA"], "leave it out"],
  ["--xla", ({ xla = false }) => xla, ["CUDA", "the CPU"], "leave it out"],
];

/** Refuses options that would do nothing there. */
export function demandOptions(place: Place, options: EngineOptions): void {
  const wrong = only.find(([, asked, places]) => asked(options) && !places.includes(place));
  if (wrong === undefined) return;
  const [option, , places, elsewhere] = wrong;
  const wayOut = place === "the portable engine" ? "leave it out" : elsewhere;
  throw new OnesheetError(
    `Cannot use ${option} on ${place}: libtensorflow has it for ${places.join(" and ")}; ${wayOut}`,
    { exitCode: 2 },
  );
}
