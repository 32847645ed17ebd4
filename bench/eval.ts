/** `eval`: the time of an evaluation batch. */
import type { Bench } from "./bench.ts";
import { pairsOf } from "./pairs.ts";
import { exact, type Workload } from "./workload.ts";

/** The bench of a workload. */
export const evalBench = (workload: Workload = exact): Bench => ({
  name: "eval",
  about: "an evaluation batch: forward, the logits fetched; ours also scores them",
  run: (options) => pairsOf("eval", "evaluation batch", workload, options),
});
