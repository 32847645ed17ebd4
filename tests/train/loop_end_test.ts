/** How the loop ends before its last epoch, and what is there then to go on from. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import type { TrainEvent } from "../../src/train/events.ts";
import type { LoopOptions } from "../../src/train/loop.ts";
import { exists, readMetrics, runFiles, writeMetrics } from "../../src/train/run.ts";
import { endOf, found, play, stepIn } from "./play.ts";
import { dataset, rowsOf, tiny, withRun } from "./tiny.ts";

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
        `Cannot go on: the loss is ${loss} at step 6, in epoch 2; the last good checkpoint is "${folder}/last", and ` +
          "--resume goes on from it; likely causes: a learning rate that is too high, reduced precision, pixels or labels " +
          "that are not finite, a loss that takes the logarithm of 0 or divides by it",
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
    const { state } = await play(tiny({ epochs: 1 }), { scores: [0.4] }, { folder });
    // As if the second epoch had ended between its metrics and its checkpoint.
    const [row] = await readMetrics(folder);
    await writeMetrics(folder, [row, { ...row, epoch: 2, step: 8, macro_f1: 0.3 }]);
    await play(tiny(), { scores: [0.5, 0.6] }, { folder, from: state });
    const rows = await readMetrics(folder);
    assertEquals(rows.map(({ epoch, macro_f1 }) => [epoch, macro_f1]), [[1, 0.4], [2, 0.5], [3, 0.6]]);
  });
});

/** The steps that `last/` was of, after each step. */
async function savedSteps(options: Partial<LoopOptions>): Promise<(number | undefined)[]> {
  const saved: (number | undefined)[] = [];
  await withRun(async (folder) => {
    const { last } = runFiles(folder);
    const note = async ({ kind }: TrainEvent) => {
      if (kind === "step") {
        saved.push(await exists(last) ? await stepIn(`${last}/weights.safetensors`) : undefined);
      }
    };
    await play(tiny({ epochs: 2 }), { scores: [0.4, 0.5] }, { folder, ...options }, dataset(), note);
  });
  return saved;
}

Deno.test("a checkpoint is saved at every so many steps and at the end of every epoch", async () => {
  const none = undefined;
  assertEquals(await savedSteps({}), [none, none, none, none, 4, 4, 4, 4]);
  assertEquals(await savedSteps({ checkpointEvery: { steps: 1 } }), [none, 1, 2, 3, 4, 5, 6, 7]);
  assertEquals(await savedSteps({ checkpointEvery: { steps: 3 } }), [none, none, none, 3, 4, 4, 6, 6]);
});

Deno.test("a checkpoint is saved when its time has come, and not before", async () => {
  assertEquals(await savedSteps({ checkpointEvery: { seconds: 0 } }), [undefined, 1, 2, 3, 4, 5, 6, 7]);
  assertEquals((await savedSteps({ checkpointEvery: { seconds: 3600 } })).slice(-4), [4, 4, 4, 4]);
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
