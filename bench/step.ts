/** `step`: the time of a training step. */
import type { Bench } from "./bench.ts";
import { pairsOf } from "./pairs.ts";
import { exact, type Workload } from "./workload.ts";

/** The bench of a workload. */
export const stepBench = (workload: Workload = exact): Bench => ({
  name: "step",
  about: "a training step: forward, backward, AdamW, the batch fed and the loss fetched",
  run: (options) => pairsOf("train", "training step", workload, options),
});
