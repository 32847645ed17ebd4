/**
 * Trains the quickstart for many steps in a process of its own; its arguments are a folder, the engine, the steps, and the
 * rows and pixels of the data.
 * Prints what the process holds, how long steps take, and how many batches were being made at most.
 */
import { join } from "node:path";
import {
  choice,
  chooseEngine,
  type Dataset,
  type EngineName,
  fit,
  type OpenOptions,
  type Recipe,
} from "../../../mod.ts";
import { loadRecipe } from "../../../src/cli/recipes.ts";
import { done } from "../child.ts";
import { type Held, held } from "../held.ts";

/** What a line of this program says. */
export interface Trained extends Held {
  readonly step: number;
  /** Tensors and native objects of the engine. */
  readonly holdings: number;
  /** Median of the steps since the last line, milliseconds. */
  readonly milliseconds: number;
  /** Most batches that were asked for and not yet trained on, so far. */
  readonly ahead: number;
}

/** Lines of a run. */
const LINES = 40;

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

/** The recipe, its training batches counted when they are asked for. */
function counted(recipe: Recipe, onAsked: () => void): Recipe {
  const { made } = recipe.data;
  const countedRows = (rows: Dataset["train"]): Dataset["train"] => ({
    ...rows,
    batch: (positions, draw) => {
      onAsked();
      return rows.batch(positions, draw);
    },
  });
  const data = choice("counted", {}, () => ({
    ...made,
    open: async (options: OpenOptions) => {
      const opened = await made.open(options);
      return {
        ...opened,
        train: countedRows(opened.train),
        [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
      };
    },
  }));
  return { ...recipe, data };
}

if (import.meta.main) {
  const [folder, name] = [Deno.args[0], Deno.args[1] as EngineName];
  const [steps, rows, pixels] = Deno.args.slice(2).map(Number);
  const settings = [
    `data.rows=${rows}`,
    `data.pixels=${pixels}`,
    "data.tokens=24",
    "batchSize=8",
    "epochs=1000",
    "stop.patience=1000",
  ];
  const recipe = await loadRecipe("recipes/quickstart.ts", settings);
  const { engine } = await chooseEngine(name);
  let asked = 0, ahead = 0, before = performance.now(), times: number[] = [];
  const wrapped = counted(recipe, () => asked++);
  const events = fit(wrapped, {
    engine,
    folder: join(folder, "run"),
    maxSteps: steps,
    checkpointEvery: { steps: Math.ceil(steps / LINES) },
  });
  for await (const event of events) {
    if (event.kind !== "step") {
      before = performance.now();
      continue;
    }
    const { step } = event, now = performance.now();
    times.push(now - before);
    ahead = Math.max(ahead, asked - step);
    if (step % Math.ceil(steps / LINES) === 0) {
      const { tensors, handles } = engine.holdings();
      const line = { step, ...held(), holdings: tensors + handles, milliseconds: median(times), ahead };
      console.log(JSON.stringify(line satisfies Trained));
      times = [];
    }
    before = performance.now();
  }
  await done();
}
