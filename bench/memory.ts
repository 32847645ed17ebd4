/** `memory`: how much a training process needs. */
import { type Bench, compare } from "./bench.ts";
import type { Child } from "./child.ts";
import { openOurs, openPeers } from "./sides.ts";
import { exact, type Workload } from "./workload.ts";

const STEPS = 5;
const GIGABYTE = 1e9;

/** Greatest resident memory of a process that starts alone and trains for some steps. */
const peakOfTraining = (open: () => Promise<Child>) => async (): Promise<number> => {
  await using child = await open();
  for (let i = 0; i < STEPS; i++) await child.ask("train");
  return await child.peakMemory() / GIGABYTE;
};

/** The bench of a workload. */
export const memoryBench = (workload: Workload = exact): Bench => ({
  name: "memory",
  about: `the greatest resident memory of a fresh process after ${STEPS} training steps`,
  run: (options) =>
    compare(
      { name: "peak memory of training", unit: "GB" },
      peakOfTraining(() => openOurs(workload, options)),
      openPeers(workload, options).map(({ open, ...form }) => ({ ...form, measure: peakOfTraining(open) })),
      options,
    ),
});
