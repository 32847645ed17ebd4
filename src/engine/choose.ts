/** Which engine a run gets. */
import { OnesheetError } from "../base/errors.ts";
import type { Engine } from "./engine.ts";
import { portable } from "./portable.ts";
import { locate } from "./setup.ts";
import { tensorflow } from "./tensorflow.ts";

/** What can be asked for. */
export type EngineName = "auto" | "tensorflow" | "portable";

/** Every {@link EngineName}. */
export const engineNames = ["auto", "tensorflow", "portable"] as const satisfies readonly EngineName[];

/** An engine and why it was taken. */
export interface Chosen {
  /** It is open, and current. */
  readonly engine: Engine;
  /** The reason, for a person. */
  readonly why: string;
}

/** Opens the engine asked for; `auto` takes libtensorflow where it has been set up, and otherwise does without. */
export async function chooseEngine(name: EngineName): Promise<Chosen> {
  if (name === "portable") return { engine: await portable(), why: "as asked" };
  const files = locate();
  if (files !== undefined) {
    return { engine: tensorflow(files), why: name === "auto" ? "libtensorflow is set up" : "as asked" };
  }
  if (name === "auto") {
    return { engine: await portable(), why: "libtensorflow is not set up; `deno task setup` fetches it" };
  }
  throw new OnesheetError(
    "Cannot use the tensorflow engine: libtensorflow is not set up; run `deno task setup`, or use --engine portable",
  );
}
