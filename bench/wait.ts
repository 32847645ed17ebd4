/** How long the engine waits for data: the share of a training's time in which no session call is under way. */
import type { Recipe } from "../src/train/recipe.ts";
import { train } from "../src/train/loop.ts";
import { prepareTraining, trainer } from "../src/train/trainer.ts";
import { randomize } from "../src/train/start.ts";
import type { Dataset } from "../src/data/source.ts";
import type { Engine } from "../src/tensor.ts";

/** An engine whose calls are timed. */
function timed(
  engine: Engine,
): { readonly engine: Engine; readonly calls: { start: number; end: number }[] } {
  const calls: { start: number; end: number }[] = [];
  const memory: Engine["memory"] = () => {
    const made = engine.memory();
    const compile: typeof made.compile = (step) => {
      const program = made.compile(step);
      return {
        ...program,
        run: async (inputs) => {
          const start = performance.now();
          const outputs = await program.run(inputs);
          calls.push({ start, end: performance.now() });
          return outputs;
        },
      };
    };
    return { ...made, compile };
  };
  return { engine: { ...engine, memory }, calls };
}

/** Trains for some steps on a data set as a run does; the share of time outside session calls, after the first. */
export async function waitingShare(
  recipe: Recipe,
  plain: Engine,
  data: Dataset,
  steps: number,
): Promise<number> {
  const { engine, calls } = timed(plain);
  using bound = trainer(recipe, engine);
  await prepareTraining(bound, recipe);
  await randomize(bound.memory, bound.plan.model, recipe.seed);
  const folder = await Deno.makeTempDir();
  try {
    for await (const event of train(recipe, bound, data, { folder, maxSteps: steps })) {
      if (event.kind === "step" && event.step === steps) break;
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  const [{ end: from }, ...later] = calls;
  const under = later.reduce((sum, { start, end }) => sum + end - start, 0);
  return 1 - under / (later[later.length - 1].end - from);
}
