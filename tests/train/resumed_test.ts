/** A setting that is changed for a run that goes on takes effect, or is refused by name. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { portable } from "../../src/engine/portable.ts";
import type { RunState } from "../../src/train/checkpoint.ts";
import type { FitOptions } from "../../src/train/fit.ts";
import { printable, type Recipe } from "../../src/train/recipe.ts";
import { nextOf, resumedState, stateSettings } from "../../src/train/resumed.ts";
import { type EpochMetrics, readMetrics, readRecord } from "../../src/train/run.ts";
import {
  adam,
  adamw,
  asymmetric,
  constant,
  cosineDecay,
  earlyStopping,
  never,
  warmupThenPlateau,
} from "../../mod.ts";
import { outcome, run } from "./runs.ts";
import { tiny, withRun } from "./tiny.ts";

const engine = await portable();

/** Resumes; gives what was said and how it ended. */
async function resume(recipe: Recipe, folder: string, more: Partial<FitOptions> = {}) {
  const told: string[] = [];
  const events = await run(recipe, {
    ...{ engine, folder, resume: true, tell: (line: string) => void told.push(line) },
    ...more,
  });
  const end = events.at(-1)!;
  return { told, events, reason: end.kind === "end" ? end.reason : undefined };
}

/** What a run cannot take on once it has begun, and how that is called. */
const refused: Readonly<Record<string, Partial<Recipe>>> = {
  "seed was 5, would be 6": { seed: 6 },
  "batchSize was 4, would be 8": { batchSize: 8 },
  "dropLast was not set, would be false": { dropLast: false },
  "accumulate was not set, would be 2": { accumulate: 2 },
  "loss was binaryCrossEntropy, would be asymmetric": { loss: asymmetric() },
  "labelSmoothing was 0.1, would be 0": { labelSmoothing: 0 },
  "optimizer.weightDecay was 0.01, would be 0.5": { optimizer: adamw({ weightDecay: 0.5 }) },
  "optimizer was adamw, would be adam; optimizer.weightDecay was 0.01, would be 0": { optimizer: adam() },
  "clipNorm was not set, would be 1": { clipNorm: 1 },
  'average was not set, would be {"decay":0.9}': { average: { decay: 0.9 } },
  'freeze was [], would be [{"freeze":"conv"}]': { freeze: [{ freeze: "conv" }] },
  'groups was not set, would be [{"of":"head","rate":0.5}]': { groups: [{ of: "head", rate: 0.5 }] },
  "stop.on was macroF1, would be microF1": {
    stop: earlyStopping({ on: "microF1", patience: 5, minDelta: 1e-3 }),
  },
  "batchSize was 4, would be 8; seed was 5, would be 6": { seed: 6, batchSize: 8, epochs: 9 },
};

for (const [what, changes] of Object.entries(refused)) {
  Deno.test(`a run is not resumed where ${what}`, () =>
    withRun(async (folder) => {
      await run(tiny({ epochs: 1 }), { engine, folder });
      const before = [await outcome(folder), await readRecord(folder)];
      const error = await assertRejects(() => resume(tiny(changes), folder), OnesheetError);
      assertEquals(error.exitCode, 2);
      assertEquals(
        error.message.replaceAll(folder, "RUN"),
        `Cannot resume "RUN" with other settings: ${
          what.replaceAll('"macroF1"', "macroF1")
        }; a resumed run can change ` +
          "epochs, learningRate and stop, but for stop.on; leave the others as they were, or start another run, from " +
          "its weights by --weights RUN/best.safetensors",
      );
      assertEquals([await outcome(folder), await readRecord(folder)], before);
    }));
}

Deno.test("another rate is the rate of the next step, and recipe.json says so", () =>
  withRun(async (folder) => {
    await run(tiny({ epochs: 1, learningRate: constant({ rate: 1e-2 }) }), { engine, folder });
    const learningRate = constant({ rate: 1e-5 });
    const { events } = await resume(tiny({ epochs: 2, learningRate }), folder);
    assertEquals(
      new Set(events.flatMap((event) => event.kind === "step" ? [event.rate] : [])),
      new Set([1e-5]),
    );
    assertEquals((await readMetrics(folder)).map(({ lr }) => lr), [1e-2, 1e-5]);
    assertEquals(
      (await readRecord(folder)).recipe,
      JSON.parse(JSON.stringify(printable(tiny({ epochs: 2, learningRate })))),
    );
  }));

Deno.test("a schedule by steps goes on at its place in the longer run", () =>
  withRun(async (folder) => {
    const learningRate = cosineDecay({ rate: 1e-2 });
    await run(tiny({ epochs: 1 }), { engine, folder });
    const { events } = await resume(tiny({ epochs: 3, learningRate }), folder);
    const rates = events.flatMap((event) => event.kind === "step" ? [event.rate] : []);
    assertEquals(
      rates,
      [4, 5, 6, 7, 8, 9, 10, 11].map((step) => learningRate.made.rate(0, {}, { step, steps: 12 })),
    );
  }));

const score = (macro: number, epoch: number): EpochMetrics => ({
  ...{ epoch, step: 4 * epoch, lr: 1, train_loss: 1, val_loss: 1, per_label: [], seconds: 1, best: false },
  ...{ macro_f1: macro, micro_f1: 0, weighted_f1: 0, samples_f1: 0 },
});
const rowsOf = (...scores: number[]) => scores.map((macro, i) => score(macro, i + 1));

/** The state of a recipe after epochs of these scores. */
function after(recipe: Recipe, ...scores: number[]): RunState {
  const { learningRate: { made: schedule }, stop: { made: rule } } = recipe;
  let state: RunState = {
    ...{ epoch: 0, batch: 0, step: 0, lossSum: 0, seconds: 0, bestStep: null, finished: false },
    ...{ schedule: schedule.start(), stopping: rule.start(), settings: stateSettings(recipe) },
  };
  for (const [epoch, macroF1] of scores.entries()) {
    const { state: stopping, stop } = rule.next(state.stopping, {
      macroF1,
      microF1: 0,
      weightedF1: 0,
      samplesF1: 0,
    });
    state = {
      ...state,
      epoch: epoch + 1,
      schedule: schedule.next(state.schedule, epoch, macroF1),
      stopping,
      finished: stop,
    };
  }
  return state;
}

const stop = (patience: number, minDelta = 0.1) => earlyStopping({ on: "macroF1", patience, minDelta });

Deno.test("a run that ended early goes on with more patience, and ends with less", () => {
  const scores = [0.5, 0.4, 0.4], state = after(tiny({ stop: stop(2) }), ...scores);
  assertEquals(state.finished, true);
  const resumed = (to: Recipe) => resumedState(state, state.settings!, to, rowsOf(...scores));
  assertEquals(resumed(tiny({ stop: stop(3) })).finished, false);
  assertEquals(resumed(tiny({ stop: stop(3) })).stopping, { best: 0.5, waited: 2 });
  assertEquals(resumed(tiny({ stop: stop(1) })).finished, true);
  assertEquals(resumed(tiny({ stop: never({ on: "macroF1" }) })).finished, false);
  // What counts as better is judged anew, but the best stays the score of the weights that are kept.
  const judged = resumedState(
    after(tiny({ stop: stop(2) }), 0.5, 0.55, 0.52),
    state.settings!,
    tiny({ stop: stop(2, 0.01) }),
    rowsOf(0.5, 0.55, 0.52),
  );
  assertEquals([judged.finished, judged.stopping], [false, { best: 0.5, waited: 1 }]);
});

Deno.test("a plateau schedule with another rate has come as far down as it would have", () => {
  const at = (rate: number) =>
    tiny({ learningRate: warmupThenPlateau({ rate, from: 0.5, epochs: 1, factor: 0.5, patience: 0 }) });
  const scores = [0.5, 0.6, 0.4, 0.4];
  const state = after(at(1e-2), ...scores);
  const { schedule } = resumedState(state, state.settings!, at(1e-4), rowsOf(...scores));
  assertEquals(schedule, after(at(1e-4), ...scores).schedule);
  assertEquals(schedule.rate, 1e-4 / 4);
});

Deno.test("without a change the state stays as it was saved", () => {
  const recipe = tiny({ stop: stop(2) }), state = after(recipe, 0.5, 0.4);
  assertEquals(resumedState(state, state.settings!, recipe, []), state);
  const { settings, ...old } = state;
  assertEquals(resumedState(old, settings!, recipe, []), old);
});

Deno.test("a run that is killed after it was given more patience keeps it", () =>
  withRun(async (folder) => {
    const recipe = (patience: number) => tiny({ epochs: 6, stop: stop(patience, 2) });
    await run(recipe(1), { engine, folder });
    assertEquals((await readMetrics(folder)).length, 2);
    assertEquals(
      (await resume(recipe(1), folder)).told.at(-1),
      nextOf(after(recipe(1), 0.5, 0.4), recipe(1)),
    );
    const killed = run(recipe(3), { engine, folder, resume: true }, ({ kind }) => {
      if (kind === "step") throw new Error("killed");
    });
    await assertRejects(() => killed, Error, "killed");
    const { told, reason } = await resume(recipe(3), folder);
    assertEquals([told.at(-1), reason], ["going on after step 8, in epoch 3", "early stopping"]);
    assertEquals((await readMetrics(folder)).length, 4);
  }));

Deno.test("a run that has nothing left to train says what would let it go on", () =>
  withRun(async (folder) => {
    await run(tiny({ epochs: 1 }), { engine, folder });
    const { told, reason } = await resume(tiny({ epochs: 1 }), folder);
    assertEquals([told.at(-1), reason], [
      "nothing is left to train: all epochs (1) are done; --epochs N goes on",
      "epochs",
    ]);
    assert((await resume(tiny({ epochs: 2 }), folder)).told.includes("going on after step 4, in epoch 2"));
  }));

Deno.test("a run without weights is refused with the way to start it anew", () =>
  withRun(async (folder) => {
    const first = run(tiny(), { engine, folder }, () => {
      throw new Error("no memory");
    });
    await assertRejects(() => first, Error, "no memory");
    const { message } = await assertRejects(() => resume(tiny({ batchSize: 2 }), folder), OnesheetError);
    assert(message.endsWith("leave the others as they were, or start a run without --resume"), message);
    await run(tiny({ batchSize: 2, epochs: 1 }), { engine, folder });
  }));
