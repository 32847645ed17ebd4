/** Our side of a pair: the trainer with random weights, which trains or evaluates on a batch when asked to, or tells the machine's peaks. */
import type { Rows } from "../src/data/source.ts";
import { chooseEngine } from "../src/engine/choose.ts";
import { randomize } from "../src/train/start.ts";
import { prepareTraining, trainer } from "../src/train/trainer.ts";
import type { Engine } from "../src/tensor.ts";
import type { BenchOptions, Measure } from "./bench.ts";
import { serve } from "./child.ts";
import { peakOf } from "./floor.ts";
import { randomBatch, recipeOf, type Workload } from "./workload.ts";

/** What the process is told, as JSON. */
export interface OurTask {
  readonly workload: Workload;
  readonly engine: BenchOptions["engine"];
}

/** What `--engine` of the commands calls it. */
export const engineWords = { cpu: "tensorflow", cuda: "cuda" } as const;

/** The engine of a bench; another device than the one asked for is an error. */
export const engineOf = async (name: BenchOptions["engine"]): Promise<Engine> =>
  (await chooseEngine(engineWords[name])).engine;

/** Seconds that work takes. */
export const timed = (work: () => Promise<unknown>): Measure => async () => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};

const RATE = 1e-4;

async function open({ workload, engine: name }: OurTask) {
  const engine = await engineOf(name);
  const recipe = recipeOf(workload);
  const bound = trainer(recipe, engine);
  await randomize(bound.memory, bound.plan.model, recipe.seed);
  await prepareTraining(bound, recipe);
  const batch = randomBatch(workload);
  const rows: Rows = {
    size: workload.batch,
    ids: Int32Array.from({ length: workload.batch }, (_, i) => i),
    batch: () => Promise.resolve(batch),
  };
  const labels = Array.from({ length: workload.labels }, (_, i) => `${i}`);
  let step = 0;
  return {
    about: engine.description,
    measures: {
      train: timed(() => bound.step([batch], RATE, ++step)),
      eval: timed(() => bound.evaluate(rows, labels)),
      products: () => peakOf(engine, "products"),
      convolutions: () => peakOf(engine, "convolutions"),
    },
  };
}

if (import.meta.main) await serve(() => open(JSON.parse(Deno.args[0])));
