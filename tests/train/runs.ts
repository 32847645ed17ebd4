/** Whole runs for tests, and what they come to. */
import { createHash } from "node:crypto";
import { fit, type FitOptions } from "../../src/train/fit.ts";
import type { TrainEvent } from "../../src/train/events.ts";
import type { Recipe } from "../../src/train/recipe.ts";
import { readMetrics, runFiles } from "../../src/train/run.ts";

/** Runs to the end; gives what happened. */
export async function run(
  recipe: Recipe,
  options: FitOptions,
  onEvent: (event: TrainEvent) => void = () => {},
): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of fit(recipe, options)) {
    events.push(event);
    onEvent(event);
  }
  return events;
}

/** All that a run comes to but the time it took. */
export async function outcome(folder: string): Promise<Record<string, unknown>> {
  const { best, last } = runFiles(folder);
  const hash = async (path: string) => createHash("sha256").update(await Deno.readFile(path)).digest("hex");
  return {
    metrics: (await readMetrics(folder)).map(({ seconds: _, ...row }) => row),
    best: await hash(best),
    weights: await hash(`${last}/weights.safetensors`),
    optimizer: await hash(`${last}/optimizer.safetensors`),
    state: JSON.parse(await Deno.readTextFile(`${last}/state.json`)),
  };
}
