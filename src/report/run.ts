/** What a report is made from: the files of a run folder, read. */
import type { CurvePoint } from "./curves.ts";

/** How one label did. */
export interface LabelRow {
  readonly label: string;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly support: number;
  readonly predicted: number;
}

/** A line of `metrics.jsonl`. */
export interface EpochRow extends CurvePoint {
  readonly per_label: readonly LabelRow[];
  readonly seconds: number;
  readonly best: boolean;
}

/** A line of `validation.jsonl`. */
export interface OutputRow {
  readonly row: number;
  /** The labels it has, by position. */
  readonly labels: readonly number[];
  /** By label. */
  readonly probabilities: readonly number[];
}

/** One of `examples.json`. */
export interface ExampleRow extends OutputRow {
  readonly which: "best" | "worst";
  readonly loss: number;
  /** A JPEG file, in base64. */
  readonly picture?: string;
  readonly text: string;
}

/** One of `machine.json`. */
export interface SessionRow {
  readonly onesheet: string;
  readonly deno: string;
  readonly system: string;
  readonly processor?: string;
  readonly processors: number;
  readonly device: string;
  readonly started: string;
  readonly ended?: string;
  readonly seconds?: number;
  readonly reason?: string;
  readonly from: number;
}

/** The tag of a batch's loss in the event file. */
export const STEP_LOSS = "loss/step";

/** The loss of one batch. */
export interface StepLoss {
  readonly step: number;
  readonly loss: number;
}

/** A run. */
export interface ReportedRun {
  /** The folder's name. */
  readonly name: string;
  /** The recipe as plain data, with its name, and the settings changed on the command line. */
  readonly recipe: Readonly<Record<string, unknown>>;
  readonly settings: readonly string[];
  readonly weights: string;
  readonly labels: readonly string[];
  readonly epochs: readonly EpochRow[];
  /** Of the best epoch; empty where the run kept none. */
  readonly outputs: readonly OutputRow[];
  readonly examples: readonly ExampleRow[];
  readonly sessions: readonly SessionRow[];
  readonly steps: readonly StepLoss[];
}

/** The epoch whose weights were kept; undefined before the first. */
export const bestEpoch = ({ epochs }: Pick<ReportedRun, "epochs">): EpochRow | undefined =>
  epochs.findLast(({ best }) => best);

/** Seconds as a person says them. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds), hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${seconds.toFixed(1)} s`;
}
