/** The course of a run: losses, F1 scores and learning rate over the epochs. */
import { draw, type Lines, linesSpec } from "./chart.ts";
import { palettes } from "./style.ts";

/** What is drawn of a line of `metrics.jsonl`. A number that was not finite is null there and leaves a gap. */
export interface CurvePoint {
  /** A whole number, higher from line to line. */
  readonly epoch: number;
  /** The learning rate of the epoch. */
  readonly lr: number | null;
  /** Mean loss over the training rows. */
  readonly train_loss: number | null;
  /** Mean loss over the validation rows. */
  readonly val_loss: number | null;
  /** Mean F1 over the labels, 0 to 1. */
  readonly macro_f1: number | null;
  /** F1 over all decisions, 0 to 1. */
  readonly micro_f1: number | null;
  /** Mean F1 over the labels by their support, 0 to 1. */
  readonly weighted_f1: number | null;
  /** Mean F1 over the rows, 0 to 1. */
  readonly samples_f1: number | null;
}

type Measure = Exclude<keyof CurvePoint, "epoch">;

/** What is drawn in each panel, and its name in the legend. */
const panels: readonly {
  readonly title: string;
  readonly scale: Lines["scale"];
  readonly curves: readonly (readonly [measure: Measure, name: string])[];
}[] = [
  { title: "Loss", scale: "from 0", curves: [["train_loss", "training"], ["val_loss", "validation"]] },
  {
    title: "F1",
    scale: "from 0",
    curves: [
      ["macro_f1", "macro"],
      ["micro_f1", "micro"],
      ["weighted_f1", "weighted"],
      ["samples_f1", "samples"],
    ],
  },
  { title: "Learning rate", scale: "powers", curves: [["lr", "rate"]] },
];

/** The panels of a run; `rows` are the lines of its `metrics.jsonl`. */
export const curvePanels = (rows: readonly CurvePoint[]): Lines[] =>
  panels.map(({ title, scale, curves }) => ({
    ...{ title, scale, of: "epoch", dots: true, series: curves.map(([, name]) => name) },
    points: curves.flatMap(([measure, series]) =>
      rows.map((row) => ({ x: row.epoch, y: row[measure], series }))
    ),
  }));

const style = `<style>:root{color:${palettes.light.text};background:${palettes.light.back}}` +
  `@media (prefers-color-scheme:dark){:root{color:${palettes.dark.text};background:${palettes.dark.back}}}</style>`;

/** The picture of a run, for a file of its own: light or dark as the reader prefers. */
export async function curvesSvg(rows: readonly CurvePoint[]): Promise<string> {
  const svg = await draw("Losses, F1 scores and learning rate by epoch", ...curvePanels(rows).map(linesSpec));
  return `${svg.replace(">", `>${style}`)}\n`;
}
