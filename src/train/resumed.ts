/** A run that is resumed with other settings: which it may have, and what its state becomes by them. */
import { OnesheetError } from "../base/errors.ts";
import { anotherRun } from "./begin.ts";
import type { RunState, StateSettings } from "./checkpoint.ts";
import { describeDifferences, differences } from "./differences.ts";
import type { ScoreName } from "./metrics.ts";
import { printable, type Recipe } from "./recipe.ts";
import type { EpochMetrics } from "./run.ts";

const isWithin = (path: string, root: string): boolean => path === root || path.startsWith(`${root}.`);

/** Settings of which no weights, rows or order depend that are there already. */
const isFree = (path: string): boolean =>
  path === "epochs" || isWithin(path, "learningRate") || isWithin(path, "stop") && path !== "stop.on";

/** Refuses settings that a run cannot take on once it has begun; `recorded` is its recipe as `recipe.json` has it. */
export async function demandResumable(
  folder: string,
  recorded: unknown,
  recipe: Recipe,
): Promise<void> {
  const places = (recipe.data.made.places ?? []).map((path) => `data.${path}`);
  const refused = differences(recorded, printable(recipe))
    .filter(({ path }) => !isFree(path) && !places.includes(path));
  if (refused.length === 0) return;
  throw new OnesheetError(
    `Cannot resume "${folder}" with other settings: ${
      describeDifferences(refused, "would be")
    }; a resumed run can ` +
      `change epochs, learningRate and stop, but for stop.on; leave the others as they were, or ${await anotherRun(
        folder,
      )}`,
    { exitCode: 2 },
  );
}

const scoresOf = (row: EpochMetrics): Readonly<Record<ScoreName, number>> => ({
  macroF1: row.macro_f1,
  microF1: row.micro_f1,
  weightedF1: row.weighted_f1,
  samplesF1: row.samples_f1,
});

/** The stopping rule's state had it been there from the start; the best stays that of the weights that are kept. */
function stoppingAfter(recipe: Recipe, state: RunState, rows: readonly EpochMetrics[]) {
  const { start, next } = recipe.stop.made;
  let stopping = start(), finished = false;
  for (const row of rows) ({ state: stopping, stop: finished } = next(stopping, scoresOf(row)));
  return { stopping: { ...stopping, best: state.stopping.best }, finished };
}

/** The schedule's state had it been there from the start. */
const scheduleAfter = ({ learningRate: { made: schedule }, stop }: Recipe, rows: readonly EpochMetrics[]) =>
  rows.reduce(
    (state, row) => schedule.next(state, row.epoch - 1, scoresOf(row)[stop.made.on]),
    schedule.start(),
  );

/** What the state of a run depends on, as a checkpoint keeps it. */
export const stateSettings = (
  { learningRate, stop }: Pick<Recipe, "learningRate" | "stop">,
): StateSettings => ({
  learningRate: printable(learningRate),
  stop: printable(stop),
});

/**
 * Where a run goes on from with the settings of now: a schedule or stopping rule that is not the checkpoint's has the
 * state that it would have come to by the epochs so far. `recorded` has those of a checkpoint that does not say.
 */
export function resumedState(
  state: RunState,
  recorded: StateSettings,
  recipe: Recipe,
  metrics: readonly EpochMetrics[],
): RunState {
  const rows = metrics.filter(({ epoch, partial }) => partial === undefined && epoch <= state.epoch);
  const before = state.settings ?? recorded, now = stateSettings(recipe);
  const changed = (what: keyof StateSettings) =>
    differences({ [what]: before[what] }, { [what]: now[what] }).length > 0;
  return {
    ...state,
    ...(changed("stop") && stoppingAfter(recipe, state, rows)),
    ...(changed("learningRate") && { schedule: scheduleAfter(recipe, rows) }),
  };
}

/** What a run that is resumed does next. */
export function nextOf({ step, epoch, finished, stopping }: RunState, recipe: Recipe): string {
  if (finished) {
    const epochs = stopping.waited === 1 ? "1 epoch" : `${stopping.waited} epochs`;
    return `nothing is left to train: no better ${recipe.stop.made.on} for ${epochs}; --set stop.patience=N goes on`;
  }
  if (epoch >= recipe.epochs) {
    return `nothing is left to train: all epochs (${recipe.epochs}) are done; --epochs N goes on`;
  }
  return `going on after step ${step}, in epoch ${epoch + 1}`;
}
