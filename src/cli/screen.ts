/** What a person sees of a run: progress while it goes on, a line an epoch, and a last screen. */
import { table } from "../report/table.ts";
import type { EndReason, TrainEvent } from "../train/events.ts";
import type { EpochMetrics } from "../train/run.ts";
import { type Progress, progress } from "./progress.ts";
import { jsonText, tell } from "./terminal.ts";

const rateText = (rate: number) => rate.toExponential(2);
const three = (x: number) => x.toFixed(3);
const four = (x: number) => x.toFixed(4);

/** Progress of one thing after another; a new label starts anew, and nothing of it stays on a terminal. */
export interface Bars {
  show(label: string, done: number, total: number, note?: string): void;
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
    show: (label, done, total, note) => {
      if (current?.label !== label) {
        close();
        current = { label, bar: progress({ total, label, before: done }) };
      }
      current.bar.update(done, note);
      if (done >= total) close();
    },
  };
}

/** The line of an epoch. */
export const epochLine = (
  { epoch, lr, train_loss, val_loss, macro_f1, micro_f1, seconds, best }: EpochMetrics,
): string =>
  `epoch ${epoch}  lr ${rateText(lr)}  train loss ${four(train_loss)}  val loss ${four(val_loss)}  ` +
  `macro-F1 ${four(macro_f1)}  micro-F1 ${four(micro_f1)}  ${seconds.toFixed(1)} s${best ? "  best" : ""}`;

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
      const score = best === undefined ? "" : `  best macro-F1 ${three(best)}`;
      const note = `loss ${four(loss)}  lr ${rateText(rate)}${score}`;
      return show.show(`epoch ${epoch}/${epochs}`, batch, batches, note);
    }
    case "epoch":
      show.close();
      return tell(epochLine(event.metrics));
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

/** Characters of a label in a table. */
const LONGEST_LABEL = 60;

/** A label for a table. */
export const shortLabel = (label: string): string =>
  label.length <= LONGEST_LABEL ? label : `${label.slice(0, LONGEST_LABEL - 1)}…`;

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
    `best epoch, on validation rows (${why[reason]}; ${metrics.length} epochs, ${seconds.toFixed(0)} s)`,
    scores,
    "",
    `run folder: ${folder}`,
  ].join("\n");
}
