/** The loop where a step takes several batches, and the times of its checkpoints. */
import { assertEquals } from "@std/assert";
import type { TrainEvent } from "../../src/train/events.ts";
import { exists, readMetrics, runFiles } from "../../src/train/run.ts";
import { endOf, play } from "./play.ts";
import { dataset, tiny, withRun } from "./tiny.ts";

/** Steps of three batches and of one. */
const uneven = tiny({ epochs: 1, accumulate: 3 });

Deno.test("the loss of an epoch is the mean of its batches, however many a step takes", () =>
  withRun(async (folder) => {
    const { events } = await play(uneven, { losses: { 1: 8, 2: 4 }, scores: [0.4] }, { folder });
    const steps = events.flatMap((event) => event.kind === "step" ? [event] : []);
    assertEquals(steps.map(({ batch, batchLoss, loss }) => [batch, batchLoss, loss]), [[3, 8, 8], [4, 4, 7]]);
    assertEquals((await readMetrics(folder)).map(({ train_loss, step }) => [train_loss, step]), [[7, 2]]);
  }));

Deno.test("an epoch that was interrupted after its short last step is not trained again", () =>
  withRun(async (folder) => {
    const controller = new AbortController(), { signal } = controller;
    const evaluating = () => controller.abort();
    const { state } = await play(uneven, { scores: [0.4], evaluating }, { folder, signal });
    assertEquals([state.epoch, state.batch, state.step], [0, 4, 2]);
    const rest = await play(uneven, { scores: [0.4] }, { folder, from: state });
    assertEquals([endOf(rest), rest.steps], ["epochs", []]);
  }));

Deno.test("an epoch that was interrupted between its steps goes on with the next one", () =>
  withRun(async (folder) => {
    const recipe = tiny({ epochs: 1, accumulate: 2 });
    const { state } = await play(recipe, { scores: [0.4] }, { folder, maxSteps: 1 });
    assertEquals([state.batch, state.step], [2, 1]);
    const rest = await play(recipe, { scores: [0.4] }, { folder, from: state });
    assertEquals(rest.steps.map(([step]) => step), [2]);
  }));

Deno.test("a checkpoint that is due every thirty seconds is not saved before", () =>
  withRun(async (folder) => {
    const saved: boolean[] = [];
    const slowly = async ({ kind }: TrainEvent) => {
      if (kind !== "step") return;
      await new Promise((resolve) => setTimeout(resolve, 60)); // longer than thirty milliseconds
      saved.push(await exists(runFiles(folder).last));
    };
    const options = { folder, checkpointEvery: { seconds: 30 } };
    await play(tiny({ epochs: 1 }), { scores: [0.4] }, options, dataset(), slowly);
    assertEquals(saved, [false, false, false, false]);
  }));
