/** `start`: how long until a process has trained its first step. */
import { join } from "node:path";
import { cacheFolder } from "../src/base/cache.ts";
import { type Bench, type BenchOptions, compare, type Figure } from "./bench.ts";
import type { Child } from "./child.ts";
import { secondsToFirstStep, writeFilms, writeWeights } from "./first_step.ts";
import { engineWords } from "./ours.ts";
import { openOurs, openPeers } from "./sides.ts";
import { exact, type Workload } from "./workload.ts";

/** Seconds of the first step of a process that is ready for it. */
const firstStepOf = (open: () => Promise<Child>) => async (): Promise<number> => {
  await using child = await open();
  return await child.ask("train");
};

/** Seconds from the start of a process to the end of its first step. */
const toFirstStepOf = (open: () => Promise<Child>) => async (): Promise<number> => {
  const start = performance.now();
  await using child = await open();
  await child.ask("train");
  return (performance.now() - start) / 1000;
};

/** A fresh process on both sides, from the call that traces to the end of the step. */
export const traceBench = (workload: Workload, options: BenchOptions): Promise<Figure[]> =>
  compare(
    { name: "trace and first step", unit: "s" },
    firstStepOf(() => openOurs(workload, options)),
    openPeers(workload, options).map(({ open, ...form }) => ({ ...form, measure: firstStepOf(open) })),
    options,
  );

/** The command on both sides, with weights from a file. */
async function commandBench(options: BenchOptions): Promise<Figure[]> {
  const scratch = await Deno.makeTempDir();
  const films = join(cacheFolder(), "bench", "films"), weights = join(scratch, "weights.safetensors");
  const engine = engineWords[options.engine];
  try {
    await writeFilms(films);
    await writeWeights(weights);
    return await compare(
      { name: "command to first step", unit: "s" },
      () =>
        secondsToFirstStep(["recipes/mmimdb.ts", "--engine", engine, "--data", films, "--weights", weights]),
      openPeers(exact, options, weights).map(({ open, ...form }) => ({
        ...form,
        measure: toFirstStepOf(open),
      })),
      options,
    );
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

/** The bench at full size. */
export const startBench: Bench = {
  name: "start",
  about: "a fresh process: trace and first step; and the command with local weights to the end of it",
  run: async (options) => [...await traceBench(exact, options), ...await commandBench(options)],
};
