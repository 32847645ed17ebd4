/** The loop, with steps and evaluations whose numbers the test writes. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { choice } from "../../src/base/choice.ts";
import { OnesheetError } from "../../src/base/errors.ts";
import { float32 } from "../../src/base/value.ts";
import type { Draw } from "../../src/data/source.ts";
import { portable } from "../../src/engine/portable.ts";
import { openSafetensors } from "../../src/store/safetensors.ts";
import { loadCheckpoint, type RunState } from "../../src/train/checkpoint.ts";
import { type LoopOptions, train, type TrainEvent } from "../../src/train/loop.ts";
import type { Recipe } from "../../src/train/recipe.ts";
import { readMetrics, runFiles } from "../../src/train/run.ts";
import { epochOrder } from "../../src/train/sampler.ts";
import { randomize } from "../../src/train/start.ts";
import { type Evaluation, prepareTraining, type Trainer, trainer } from "../../src/train/trainer.ts";
import { earlyStopping, never, type Schedule } from "../../mod.ts";
import { dataset, rowsOf, tiny, withRun } from "./tiny.ts";

const engine = await portable();

/** What an evaluation finds when its macro-F1 is this; the other scores differ from it. */
const found = (macroF1: number, loss = 1 - macroF1): Evaluation => ({
  loss,
  scores: { macroF1, microF1: macroF1 / 2, weightedF1: macroF1 / 4, samplesF1: macroF1 / 8, perLabel: [] },
});

/** What the loop is to meet. */
interface Script {
  /** Loss of each step; the step's own number otherwise. */
  readonly losses?: Readonly<Record<number, number>>;
  /** Macro-F1 of each evaluation in turn, or all of what it finds. */
  readonly scores: readonly (number | Evaluation)[];
  /** Called while an evaluation is under way. */
  readonly evaluating?: () => void;
}

/** A trainer that plays the script; the bias of its head holds the number of the last step. */
async function played(recipe: Recipe, script: Script): Promise<{ trainer: Trainer; steps: number[][] }> {
  const bound = trainer(recipe, engine);
  await randomize(bound.memory, bound.plan.model, recipe.seed);
  await prepareTraining(bound, recipe);
  const steps: number[][] = [];
  let evaluations = 0;
  return {
    steps,
    trainer: {
      ...bound,
      step: async (_, rate, step) => {
        steps.push([step, rate]);
        await bound.memory.put("head.bias", float32([3], [step, 0, 0]));
        return script.losses?.[step] ?? step;
      },
      evaluate: (_rows, _labels, onBatch) => {
        script.evaluating?.();
        onBatch?.(1);
        const score = script.scores[evaluations++];
        return Promise.resolve(typeof score === "number" ? found(score) : score);
      },
    },
  };
}

/** The step whose weights are in a file. */
async function stepIn(path: string): Promise<number> {
  using file = await openSafetensors(path);
  return (await file.read("head.bias")).data[0];
}

interface Played {
  readonly events: readonly TrainEvent[];
  readonly steps: readonly number[][];
  readonly state: RunState;
}

/** Plays a script to its end in a folder; gives what happened and where the last checkpoint is. */
async function play(
  recipe: Recipe,
  script: Script,
  options: LoopOptions,
  data = dataset(),
  onEvent: (event: TrainEvent) => unknown = () => {},
): Promise<Played> {
  await Deno.mkdir(options.folder, { recursive: true });
  const { trainer: bound, steps } = await played(recipe, script);
  try {
    const events: TrainEvent[] = [];
    for await (const event of train(recipe, bound, data, options)) {
      events.push(event);
      await onEvent(event);
    }
    const { model, trainable } = bound.plan;
    const what = {
      folder: options.folder,
      model,
      trainable,
      memory: bound.memory,
      moments: ["mean", "square"],
    };
    return { events, steps, state: await loadCheckpoint(what) };
  } finally {
    bound[Symbol.dispose]();
  }
}

const endOf = ({ events }: Played) => {
  const last = events.at(-1)!;
  return last.kind === "end" ? last.reason : last.kind;
};

Deno.test("a row an epoch: mean of its batches' losses, what the evaluation found, the rate, the time", async () => {
  await withRun(async (folder) => {
    const losses = { 1: 8, 2: 4, 3: 2, 4: 2 };
    const { events } = await play(tiny({ epochs: 2 }), { losses, scores: [0.4, found(0.6, 0.25)] }, {
      folder,
    });
    const rows = await readMetrics(folder);
    assertEquals(rows.map(({ seconds: _, ...row }) => row), [
      {
        ...{ epoch: 1, step: 4, lr: 0.015, train_loss: 4, val_loss: 0.6 },
        ...{ macro_f1: 0.4, micro_f1: 0.2, weighted_f1: 0.1, samples_f1: 0.05, per_label: [], best: true },
      },
      {
        ...{ epoch: 2, step: 8, lr: 0.03, train_loss: 6.5, val_loss: 0.25 },
        ...{ macro_f1: 0.6, micro_f1: 0.3, weighted_f1: 0.15, samples_f1: 0.075, per_label: [], best: true },
      },
    ]);
    assert(rows.every(({ seconds }) => seconds > 0 && seconds < 60));
    const lines = (await Deno.readTextFile(runFiles(folder).metrics)).split("\n");
    assertEquals(lines.map((line) => line === "" ? "" : JSON.parse(line).epoch), [1, 2, ""]);
    const epochs = events.flatMap((event) => event.kind === "epoch" ? [event] : []);
    assertEquals(epochs.map(({ metrics }) => metrics), rows);
    assertEquals(epochs.map(({ curves }) => curves), [[rows[0]], rows]);
    assertEquals(events.at(-1), { kind: "end", reason: "epochs", metrics: rows });
  });
});

Deno.test("every step is told, with the mean loss of its epoch so far", async () => {
  await withRun(async (folder) => {
    const { events, steps } = await play(tiny({ epochs: 2 }), { scores: [0.1, 0.2] }, { folder });
    const kinds = "step step step step epoch step step step step epoch end";
    assertEquals(events.map(({ kind }) => kind).join(" "), kinds);
    assertEquals(events[1], {
      ...{ kind: "step", epoch: 1, epochs: 2, batch: 2, batches: 4, step: 2, rate: 0.015, loss: 1.5 },
    });
    assertEquals(events[7], {
      ...{ kind: "step", epoch: 2, epochs: 2, batch: 3, batches: 4, step: 7, rate: 0.03, loss: 6 },
    });
    assertEquals(steps, [1, 2, 3, 4, 5, 6, 7, 8].map((step) => [step, step <= 4 ? 0.015 : 0.03]));
  });
});

Deno.test("an epoch trains on whole batches in its own order, each drawn for that epoch", async () => {
  await withRun(async (folder) => {
    const asked: [number[], Draw?][] = [];
    const data = dataset({ train: rowsOf("train", 18, asked) });
    await play(tiny({ epochs: 2 }), { scores: [0.1, 0.2] }, { folder }, data);
    const expected = [0, 1].flatMap((epoch) => {
      const order = [...epochOrder(18, { seed: 5, epoch })];
      return [0, 4, 8, 12].map((at) => [order.slice(at, at + 4), { seed: 5, epoch }]);
    });
    assertEquals(asked, expected as typeof asked);
  });
});

Deno.test("schedule and stopping hear the score that is watched, each state goes to the next epoch", async () => {
  await withRun(async (folder) => {
    const heard: unknown[] = [];
    const schedule: Schedule = {
      start: () => ({ calls: 0 }),
      rate: (epoch, { calls }) => 1 + epoch * 10 + calls * 100,
      next: ({ calls }, epoch, score) => {
        heard.push([epoch, score]);
        return { calls: calls + 1 };
      },
    };
    const recipe = tiny({
      learningRate: choice("heard", {}, () => schedule),
      stop: never({ on: "microF1" }),
      epochs: 3,
    });
    const { state } = await play(recipe, { scores: [0.4, 0.2, 0.6] }, { folder });
    assertEquals(heard, [[0, 0.2], [1, 0.1], [2, 0.3]]);
    assertEquals((await readMetrics(folder)).map(({ lr }) => lr), [1, 111, 221]);
    assertEquals(state, {
      ...{ epoch: 3, batch: 0, step: 12, lossSum: 0, finished: false },
      ...{ schedule: { calls: 3 }, stopping: { best: 0.3, waited: 0 } },
    });
  });
});

Deno.test("the best weights are kept when the score improves, and only then", async () => {
  await withRun(async (folder) => {
    const stop = earlyStopping({ on: "macroF1", patience: 9, minDelta: 0.01 });
    const inBest: number[] = [];
    const scores = [0.4, 0.3, 0.405, 0.5, 0.2]; // the third is better by less than minDelta
    await play(tiny({ epochs: 5, stop }), { scores }, { folder }, dataset(), async ({ kind }) => {
      if (kind === "epoch") inBest.push(await stepIn(runFiles(folder).best));
    });
    assertEquals(inBest, [4, 4, 4, 16, 16]);
    assertEquals((await readMetrics(folder)).map(({ best }) => best), [true, false, false, true, false]);
  });
});

Deno.test("a run ends when the score has not improved for long enough, and has nothing left to do then", async () => {
  await withRun(async (folder) => {
    const stop = earlyStopping({ on: "macroF1", patience: 2, minDelta: 0.01 });
    const recipe = tiny({ epochs: 9, stop });
    const run = await play(recipe, { scores: [0.4, 0.5, 0.3, 0.505, 0.9] }, { folder });
    assertEquals([endOf(run), run.steps.length, run.state.finished], ["early stopping", 16, true]);
    const again = await play(recipe, { scores: [] }, { folder, from: run.state });
    assertEquals([endOf(again), again.steps, again.events.length], ["early stopping", [], 1]);
  });
});

Deno.test("a step limit inside an epoch saves, evaluates the part, and says that it is one", async () => {
  await withRun(async (folder) => {
    const run = await play(tiny(), { scores: [0.4, 0.9] }, { folder, maxSteps: 6 });
    assertEquals([endOf(run), run.steps.length], ["step limit", 6]);
    const rows = await readMetrics(folder);
    assertEquals(rows.map(({ epoch, step, train_loss, partial }) => [epoch, step, train_loss, partial]), [
      [1, 4, 2.5, undefined],
      [2, 6, 5.5, true],
    ]);
    const { epoch, batch, step, lossSum, stopping } = run.state;
    assertEquals([epoch, batch, step, lossSum, stopping.best], [1, 2, 6, 11, 0.4]);
    const told = run.events.flatMap((event) => event.kind === "epoch" ? [event.metrics.partial] : []);
    assertEquals(told, [undefined, true]);
  });
});

Deno.test("a part of an epoch takes no whole epoch's place as the best, however good", async () => {
  await withRun(async (folder) => {
    const first = await play(tiny(), { scores: [0.4, 0.9] }, { folder, maxSteps: 6 });
    assertEquals(await stepIn(runFiles(folder).best), 4);
    assertEquals((await readMetrics(folder)).map(({ best }) => best), [true, false]);
    // The rest of the epoch comes to less than the first: its best stays.
    await play(tiny(), { scores: [0.3, 0.2] }, { folder, from: first.state });
    assertEquals(await stepIn(runFiles(folder).best), 4);
    const rows = await readMetrics(folder);
    assertEquals(rows.map(({ epoch, macro_f1, best, partial }) => [epoch, macro_f1, best, partial]), [
      [1, 0.4, true, undefined],
      [2, 0.3, false, undefined],
      [3, 0.2, false, undefined],
    ]);
  });
});

Deno.test("where there is only a part of an epoch its weights are the best, until a whole one comes", async () => {
  await withRun(async (folder) => {
    const { state } = await play(tiny({ epochs: 1 }), { scores: [0.9] }, { folder, maxSteps: 2 });
    assertEquals(await stepIn(runFiles(folder).best), 2);
    await play(tiny({ epochs: 1 }), { scores: [0.3] }, { folder, from: state });
    assertEquals(await stepIn(runFiles(folder).best), 4);
    assertEquals((await readMetrics(folder)).map(({ macro_f1, best }) => [macro_f1, best]), [[0.3, true]]);
  });
});

Deno.test("a step limit at the end of an epoch makes it a whole one; a limit that is reached allows no step", async () => {
  await withRun(async (folder) => {
    const run = await play(tiny(), { scores: [0.4] }, { folder, maxSteps: 4 });
    assertEquals([endOf(run), run.state.epoch, run.state.batch, run.state.step], ["step limit", 1, 0, 4]);
    assertEquals((await readMetrics(folder)).map(({ partial }) => partial), [undefined]);
    const again = await play(tiny(), { scores: [] }, { folder, from: run.state, maxSteps: 3 });
    assertEquals([endOf(again), again.steps, again.state], ["step limit", [], run.state]);
  });
});

Deno.test("a loss that is no number stops the run with a sentence, and the last checkpoint stays", async () => {
  for (const loss of [NaN, Infinity]) {
    await withRun(async (folder) => {
      const script = { losses: { 6: loss }, scores: [0.4, 0.5] };
      const error = await assertRejects(() => play(tiny(), script, { folder }), OnesheetError);
      assertEquals(
        error.message,
        `Cannot go on: the loss is ${loss} at step 6, in epoch 2; lower the learning rate, or look for broken rows; ` +
          "--resume goes on from the last checkpoint",
      );
      assertEquals(await stepIn(`${runFiles(folder).last}/weights.safetensors`), 4);
      assertEquals((await readMetrics(folder)).length, 1);
    });
  }
});

Deno.test("weights that the last step of an epoch spoilt are neither kept as the best nor saved", async () => {
  await withRun(async (folder) => {
    const script = { scores: [0.4, found(0.5, NaN)] };
    const error = await assertRejects(() => play(tiny(), script, { folder }), OnesheetError);
    assert(error.message.startsWith("Cannot go on: the validation loss is NaN at step 8, in epoch 2; "));
    assertEquals(await stepIn(`${runFiles(folder).last}/weights.safetensors`), 4);
    assertEquals(await stepIn(runFiles(folder).best), 4);
    assertEquals((await readMetrics(folder)).length, 1);
  });
});

Deno.test("a signal ends the run after the step under way, with a checkpoint and no evaluation", async () => {
  await withRun(async (folder) => {
    const controller = new AbortController();
    const stopAt = (event: TrainEvent) => event.kind === "step" && event.step === 6 && controller.abort();
    const { signal } = controller;
    const run = await play(tiny(), { scores: [0.4] }, { folder, signal }, dataset(), stopAt);
    assertEquals([endOf(run), run.state.step, run.state.batch], ["interrupted", 6, 2]);
    assertEquals((await readMetrics(folder)).map(({ epoch }) => epoch), [1]);
  });
});

Deno.test("a signal during an evaluation cuts it short; the evaluation is made when the run goes on", async () => {
  await withRun(async (folder) => {
    const controller = new AbortController();
    const { signal } = controller;
    const evaluating = () => controller.abort();
    const run = await play(tiny({ epochs: 1 }), { scores: [0.4], evaluating }, { folder, signal });
    assertEquals([endOf(run), run.state.epoch, run.state.batch], ["interrupted", 0, 4]);
    assertEquals(await readMetrics(folder), []);
    const rest = await play(tiny({ epochs: 1 }), { scores: [0.4] }, { folder, from: run.state });
    assertEquals([endOf(rest), rest.steps], ["epochs", []]);
    assertEquals((await readMetrics(folder)).map(({ train_loss, macro_f1 }) => [train_loss, macro_f1]), [[
      2.5,
      0.4,
    ]]);
  });
});

Deno.test("an epoch that was written down but not saved is trained again, and told once", async () => {
  await withRun(async (folder) => {
    // Ends between metrics and checkpoint of the second epoch.
    const cut = (event: TrainEvent) => {
      if (event.kind === "epoch" && event.metrics.epoch === 2) throw new Error("power cut");
    };
    let state: RunState | undefined;
    await play(tiny({ epochs: 1 }), { scores: [0.4] }, { folder }).then((run) => state = run.state);
    const cutRun = play(tiny(), { scores: [0.5] }, { folder, from: state! }, dataset(), cut);
    await assertRejects(() => cutRun, Error, "power cut");
    assertEquals((await readMetrics(folder)).length, 2);
    await play(tiny(), { scores: [0.5, 0.6] }, { folder, from: state! });
    assertEquals((await readMetrics(folder)).map(({ epoch }) => epoch), [1, 2, 3]);
  });
});

Deno.test("a batch that cannot be made ends the run with its error", async () => {
  await withRun(async (folder) => {
    const train = {
      ...rowsOf("train", 18),
      batch: () => Promise.reject(new OnesheetError("Cannot use row 3")),
    };
    await assertRejects(
      () => play(tiny(), { scores: [] }, { folder }, dataset({ train })),
      OnesheetError,
      "Cannot use row 3",
    );
  });
});
