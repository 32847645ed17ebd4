import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { epochLine, labelTable, lastScreen } from "../../src/cli/screen.ts";
import { displayWidth } from "../../src/report/width.ts";
import type { EpochMetrics } from "../../src/train/run.ts";

const per_label = [
  { label: "drama", precision: 0.5, recall: 0.25, f1: 1 / 3, support: 8, predicted: 4 },
  { label: "war", precision: 1, recall: 1, f1: 1, support: 3, predicted: 3 },
];
const epoch = (number: number, macro_f1: number, best: boolean): EpochMetrics => ({
  ...{ epoch: number, step: number * 4, lr: 1e-4, train_loss: 0.04641, val_loss: 0.02517, macro_f1, best },
  ...{ micro_f1: 0.46, weighted_f1: 0.44, samples_f1: 0.43, per_label, seconds: 12.34 },
});

Deno.test("an epoch is a line, marked when its weights were kept", () => {
  const line = "epoch 2  lr 1.00e-4  loss 0.0464  val loss 0.0252  macro-F1 0.2803  micro-F1 0.4600  12.3 s";
  assertEquals(epochLine(epoch(2, 0.28034, false), 120), line);
  assertEquals(epochLine(epoch(2, 0.28034, true), 120), `${line}  best`);
});

Deno.test("an epoch's line and the last screen fit 80 columns, and the score shows", () => {
  const last = { ...epoch(10_000, 0.28034, true), seconds: 123456.7 };
  assertEquals(
    epochLine(last, 80),
    "epoch 10000  val loss 0.0252  macro-F1 0.2803  micro-F1 0.4600  best",
  );
  const labels = ["映画".repeat(60), "e\u0301".repeat(60), "drama"];
  const scores = labels.map((label) => ({ ...per_label[0], label, support: 1_000_000 }));
  for (const reason of ["epochs", "early stopping", "step limit", "interrupted"] as const) {
    const lines = lastScreen(reason, [{ ...last, per_label: scores }], "/runs/1").split("\n");
    for (const line of lines) assert(displayWidth(line) <= 80, line);
    assertStringIncludes(lines.join("\n"), "0.2803");
  }
});

Deno.test("labels are listed by their F1, the best first", () => {
  const rows = labelTable({ per_label }).split("\n").slice(2).map((row) => row.split(/\s+/));
  assertEquals(rows, [["war", "1.000", "1.000", "1.000", "3"], ["drama", "0.500", "0.250", "0.333", "8"]]);
});

Deno.test("the last screen shows the epoch whose weights were kept, which need not have the highest macro-F1", () => {
  // The third is better by less than the recipe counts, or another score is watched.
  const screen = lastScreen(
    "epochs",
    [epoch(1, 0.2, true), epoch(2, 0.5, true), epoch(3, 0.5004, false)],
    "/runs/1",
  );
  const lines = screen.split("\n");
  assertEquals(lines.find((line) => line.startsWith("    2"))?.split(/\s+/).slice(1, 3), ["2", "0.5000"]);
  assert(!screen.includes("0.5004"));
  assertStringIncludes(screen, "all epochs done; 3 epochs, 37 s\nbest epoch, on validation rows:\n");
  assertEquals(lines.at(-1), "run folder: /runs/1");
});

Deno.test("the last screen says why the run ended", () => {
  const rows = [epoch(1, 0.2, true)];
  assertStringIncludes(lastScreen("early stopping", rows, "r"), "stopped early");
  assertStringIncludes(lastScreen("step limit", rows, "r"), "step limit reached");
  assertStringIncludes(lastScreen("interrupted", rows, "r"), "interrupted; --resume goes on from here");
});

Deno.test("a run without an evaluated epoch has a last screen, too", () => {
  assertEquals(
    lastScreen("interrupted", [], "/runs/1"),
    "interrupted; --resume goes on from here; no epoch was evaluated\nrun folder: /runs/1",
  );
});
