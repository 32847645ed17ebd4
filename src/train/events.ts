/** What a run tells while it goes on. */
import type { EpochMetrics } from "./run.ts";

/** What happens while a run goes on. */
export type TrainEvent =
  | {
    readonly kind: "step";
    /** From 1. */
    readonly epoch: number;
    readonly epochs: number;
    /** Batches of this epoch done, and in all. */
    readonly batch: number;
    readonly batches: number;
    readonly step: number;
    readonly rate: number;
    /** The mean over this epoch so far. */
    readonly loss: number;
    /** Of this batch alone, before the step. */
    readonly batchLoss: number;
  }
  | {
    readonly kind: "epoch";
    readonly metrics: EpochMetrics;
    /** All epochs so far, this one included. */
    readonly curves: readonly EpochMetrics[];
  }
  | { readonly kind: "end"; readonly reason: EndReason; readonly metrics: readonly EpochMetrics[] };

/** Why a run ended. */
export type EndReason = "epochs" | "early stopping" | "step limit" | "interrupted";
