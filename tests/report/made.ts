/** A run made up for the tests of its pages. */
import type { EpochRow, ExampleRow, ReportedRun } from "../../src/report/run.ts";

const epoch = (number: number): EpochRow => ({
  ...{
    epoch: number,
    lr: 1e-3,
    train_loss: 0.5 / number,
    val_loss: 0.4,
    macro_f1: number / 4,
    micro_f1: 0.6,
  },
  ...{ weighted_f1: 0.5, samples_f1: 0.4, seconds: 2.5, best: true },
  per_label: ["drama", "war"].map((label) => ({
    ...{ label, precision: 0.5, recall: 1, f1: 2 / 3, support: 2, predicted: 4 },
  })),
});

/** Two epochs, two labels, three rows. */
export function made(
  example: Partial<ExampleRow> = {},
  changes: Partial<ReportedRun> = {},
): ReportedRun {
  const outputs = [
    { row: 4, labels: [0], probabilities: [0.9, 0.2] },
    { row: 7, labels: [0, 1], probabilities: [0.6, 0.7] },
    { row: 9, labels: [], probabilities: [0.1, 0.8] },
  ];
  const shown = { ...outputs[0], which: "best" as const, loss: 0.1, text: "a <plot> & more", ...example };
  return {
    name: "first",
    recipe: { name: "tiny", loss: { name: "focal", gamma: 1 } },
    settings: ["epochs=2"],
    weights: "random",
    labels: ["drama", "war"],
    epochs: [epoch(1), epoch(2)],
    outputs,
    examples: [shown, { ...shown, ...outputs[2], which: "worst" }],
    sessions: [{
      ...{ onesheet: "0.1.0", deno: "2.9.6", system: "linux x86_64", processors: 2, device: "WebAssembly" },
      ...{
        started: "2026-01-01T00:00:00.000Z",
        ended: "2026-01-01T00:00:05.000Z",
        reason: "epochs",
        from: 0,
      },
    }],
    steps: [{ step: 1, loss: 0.5 }, { step: 2, loss: 0.4 }],
    ...changes,
  };
}
