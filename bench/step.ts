/** `step`: the time of a training step. */
import { plan } from "../src/train/start.ts";
import type { Bench } from "./bench.ts";
import { floorText, workOf } from "./floor.ts";
import { pairsOf } from "./pairs.ts";
import { exact, recipeOf, type Workload } from "./workload.ts";

/** The bench of a workload. */
export const stepBench = (workload: Workload = exact): Bench => ({
  name: "step",
  about: "a training step: forward, backward, AdamW, the batch fed and the loss fetched",
  run: (options) =>
    pairsOf("train", "training step", workload, options, async (ours) => {
      const peaks = { products: await ours.ask("products"), convolutions: await ours.ask("convolutions") };
      options.onNote(floorText(workOf(plan(recipeOf(workload)), workload.batch), peaks));
    }),
});
