/** Staged freezing: parts of the model that begin to learn some epochs later than the rest. */
import { matching } from "./freeze.ts";

/** What a pattern names is frozen for the first epochs; patterns are those of {@link FreezeRule}. */
export interface Stage {
  /** The pattern. */
  readonly freeze: string;
  /** Epochs it waits, at least 1. */
  readonly epochs: number;
}

/** The epochs that each parameter waits, of those that wait at all: the longest of its stages. */
export function waits(names: readonly string[], stages: readonly Stage[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { freeze, epochs } of stages) {
    for (const name of matching(freeze, names, "stage")) {
      found.set(name, Math.max(epochs, found.get(name) ?? 0));
    }
  }
  return found;
}
