/** What the loop does in every epoch, and what it writes down. */
import { assert, assertEquals } from "@std/assert";
import { choice } from "../../src/base/choice.ts";
import type { Draw } from "../../src/data/source.ts";
import { readMetrics, runFiles } from "../../src/train/run.ts";
import { epochOrder } from "../../src/train/sampler.ts";
import { earlyStopping, never, type Schedule } from "../../mod.ts";
import { endOf, found, play, stepIn } from "./play.ts";
import { dataset, rowsOf, tiny, withRun } from "./tiny.ts";

const aWhile = new Int32Array(new SharedArrayBuffer(4));

Deno.test("a row an epoch: mean of its batches' losses, what the evaluation found, the rate, the time", async () => {
  await withRun(async (folder) => {
    const losses = { 1: 8, 2: 4, 3: 2, 4: 2 };
    const scores = [0.4, found(0.6, 0.25)];
    const evaluating = () => Atomics.wait(aWhile, 0, 0, 5);
    const { events } = await play(tiny({ epochs: 2 }), { losses, scores, evaluating }, { folder });
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
    assert(rows.every(({ seconds }) => seconds >= 0.005 && seconds < 60));
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
      ...{
        kind: "step",
        epoch: 1,
        epochs: 2,
        batch: 2,
        batches: 4,
        step: 2,
        rate: 0.015,
        loss: 1.5,
        batchLoss: 2,
      },
    });
    assertEquals(events[7], {
      ...{
        kind: "step",
        epoch: 2,
        epochs: 2,
        batch: 3,
        batches: 4,
        step: 7,
        rate: 0.03,
        loss: 6,
        batchLoss: 7,
      },
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
      ...{ epoch: 3, batch: 0, step: 12, lossSum: 0, seconds: 0, bestStep: 12, finished: false },
      ...{ schedule: { calls: 3 }, stopping: { best: 0.3, waited: 0 } },
      settings: { learningRate: { name: "heard" }, stop: { name: "never", on: "microF1" } },
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
