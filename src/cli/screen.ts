/** What a person sees of a run: progress while it goes on, a line an epoch, and a last screen. */
import { clipped, fitted } from "../report/width.ts";
import { table } from "../report/table.ts";
import type { EndReason, TrainEvent } from "../train/events.ts";
import type { EpochMetrics } from "../train/run.ts";
import { columns, type Progress, progress } from "./progress.ts";
import { jsonText, tell } from "./terminal.ts";

const rateText = (rate: number) => rate.toExponential(2);
const three = (x: number) => x.toFixed(3);
const four = (x: number) => x.toFixed(4);

/** Progress of one thing after another; a new label starts anew, and nothing of it stays on a terminal. */
export interface Bars {
  show(label: string, done: number, total: number, ...notes: readonly string[]): void;
  close(): void;
}

/** Starts without anything to show. */
export function bars(): Bars {
  let current: { readonly label: string; readonly bar: Progress } | undefined;
  const close = () => {
    current?.bar.clear();
    current = undefined;
  };
  return {
    close,
    show: (label, done, total, ...notes) => {
      if (current?.label !== label) {
        close();
        current = { label, bar: progress({ total, label, before: done }) };
      }
      current.bar.update(done, ...notes);
      if (done >= total) close();
    },
  };
}

/** The line of an epoch, which fits a terminal. */
export const epochLine = (
  { epoch, lr, train_loss, val_loss, macro_f1, micro_f1, seconds, best }: EpochMetrics,
  width: number,
): string =>
  fitted([
    { text: `epoch ${epoch}`, importance: 6 },
    { text: `lr ${rateText(lr)}`, importance: 0 },
    { text: `loss ${four(train_loss)}`, importance: 2 },
    { text: `val loss ${four(val_loss)}`, importance: 3 },
    { text: `macro-F1 ${four(macro_f1)}`, importance: 5 },
    { text: `micro-F1 ${four(micro_f1)}`, importance: 4 },
    { text: `${seconds.toFixed(1)} s`, importance: 1 },
    { text: best ? "best" : "", importance: 5 },
  ], width);

/** The best macro-F1 of the epochs that were told, for the note of the steps between them. */
export function bestScore(): (event: TrainEvent) => number | undefined {
  let best: number | undefined;
  return (event) => {
    if (event.kind === "epoch") best = Math.max(best ?? 0, event.metrics.macro_f1);
    return best;
  };
}

/** An epoch or the end as a line for programs. */
export const eventJson = (event: Exclude<TrainEvent, { kind: "step" }>, folder: string): string =>
  jsonText(
    event.kind === "epoch"
      ? { kind: event.kind, ...event.metrics }
      : { kind: event.kind, reason: event.reason, run: folder },
  );

/**
 * Shows an event of the training loop; `best` is the best macro-F1 so far. The last screen is left to
 * {@link lastScreen}.
 */
export function showEvent(event: TrainEvent, show: Bars, best?: number): void {
  switch (event.kind) {
    case "step": {
      const { epoch, epochs, batch, batches, loss, rate } = event;
      const score = best === undefined ? [] : [`best macro-F1 ${three(best)}`];
      const notes = [`lr ${rateText(rate)}`, `loss ${four(loss)}`, ...score];
      return show.show(`epoch ${epoch}/${epochs}`, batch, batches, ...notes);
    }
    case "epoch":
      show.close();
      return tell(epochLine(event.metrics, columns()));
    case "end":
      return show.close();
  }
}

const why: Record<EndReason, string> = {
  "epochs": "all epochs done",
  "early stopping": "stopped early: no better score for a while",
  "step limit": "step limit reached",
  "interrupted": "interrupted; --resume goes on from here",
};

/** Columns of a label in a table. */
const LABEL_COLUMNS = 44;

/** A label for a table. */
export const shortLabel = (label: string): string => clipped(label, LABEL_COLUMNS);

/** Scores by label, best first. */
export const labelTable = (metrics: Pick<EpochMetrics, "per_label">): string =>
  table({
    head: ["label", "precision", "recall", "F1", "support"],
    rows: metrics.per_label.toSorted((a, b) => b.f1 - a.f1).map((
      { label, precision, recall, f1, support },
    ) => [
      shortLabel(label),
      three(precision),
      three(recall),
      three(f1),
      `${support}`,
    ]),
  });

/** What a run came to. */
export function lastScreen(reason: EndReason, metrics: readonly EpochMetrics[], folder: string): string {
  const best = metrics.findLast((row) => row.best);
  if (best === undefined) return `${why[reason]}; no epoch was evaluated\nrun folder: ${folder}`;
  const scores = table({
    head: ["epoch", "macro-F1", "micro-F1", "weighted-F1", "samples-F1", "val loss"],
    rows: [[
      `${best.epoch}`,
      four(best.macro_f1),
      four(best.micro_f1),
      four(best.weighted_f1),
      four(best.samples_f1),
      four(best.val_loss),
    ]],
  });
  const seconds = metrics.reduce((sum, row) => sum + row.seconds, 0);
  return [
    "",
    labelTable(best),
    "",
    `${why[reason]}; ${metrics.length} epochs, ${seconds.toFixed(0)} s`,
    "best epoch, on validation rows:",
    scores,
    "",
    `run folder: ${folder}`,
  ].join("\n");
}
