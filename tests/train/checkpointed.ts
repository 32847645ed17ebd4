/** What the tests of checkpoints share: a memory of random numbers in a run's folder, and where the run stands. */
import { random } from "../../src/base/random.ts";
import { float32, int32, sizeOf, type Value } from "../../src/base/value.ts";
import { portable } from "../../src/engine/portable.ts";
import type { Memory } from "../../src/tensor.ts";
import type { Checkpointed, RunState } from "../../src/train/checkpoint.ts";
import { randomize } from "../../src/train/start.ts";
import { prepareTraining, trainer } from "../../src/train/trainer.ts";
import { tiny, withRun } from "./tiny.ts";

/** The engine of the tests of checkpoints. */
export const engine = await portable();
const recipe = tiny({ freeze: [{ freeze: "norm" }] });

/** Where a run stands after so many steps. */
export const state = (step: number): RunState => ({
  ...{ epoch: 2, batch: 3, step, lossSum: 0.1 + 0.2, seconds: 1.5, bestStep: 7, finished: false },
  schedule: { rate: 1e-4 / 3, bad: 1, best: 0.1 },
  stopping: { best: null, waited: 2 },
});

/** Fills a memory with numbers that the key stands for: negative zeros, tiny and large ones among them. */
export async function fill({ names, get, put }: Memory, key: number): Promise<Map<string, Value>> {
  const values = new Map<string, Value>();
  for (const name of names) {
    const { shape, dtype } = await get(name);
    const { normal, integer } = random(key, name);
    const length = sizeOf(shape);
    const value = dtype === "int32"
      ? int32(shape, Array.from({ length }, () => integer(2 ** 31)))
      : float32(shape, Array.from({ length }, (_, i) => [normal(), -0, 1e-42, 3e38][i % 4]));
    values.set(name, value);
    await put(name, value);
  }
  return values;
}

/** Runs a test on a checkpointed memory of random numbers, in a folder that is there. */
export async function withMemory(
  test: (what: Checkpointed, values: Map<string, Value>) => Promise<void>,
): Promise<void> {
  await withRun(async (folder) => {
    await Deno.mkdir(folder);
    using bound = trainer(recipe, engine);
    await randomize(bound.memory, bound.plan.model, 1);
    await prepareTraining(bound, recipe);
    const values = await fill(bound.memory, 1);
    await test(
      { folder, ...bound.plan, memory: bound.memory, moments: recipe.optimizer.made.moments },
      values,
    );
  });
}

/** What lies in a folder. */
export const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

/** Takes the last bytes off a file. */
export const truncate = async (path: string) => await Deno.truncate(path, (await Deno.stat(path)).size - 5);
