/** Trials as a table: a row a system, scores as mean and standard deviation over the seeds. */
import type { Table } from "./table.ts";

/** Scores of one trial. */
export interface TrialScores {
  readonly microF1: number;
  readonly macroF1: number;
  readonly weightedF1: number;
  readonly samplesF1: number;
  readonly perLabel: readonly { readonly label: string; readonly f1: number; readonly support: number }[];
}

/** What the table says of a trial. */
export interface ComparedTrial {
  readonly system: string;
  readonly seconds: number;
  readonly parameters: { readonly total: number; readonly trainable: number };
  readonly scores: TrialScores;
}

/** The 23 genres of the literature's scores (Arevalo et al. 2017, https://arxiv.org/abs/1702.01992). */
const LITERATURE =
  ("drama comedy romance thriller crime action adventure horror documentary mystery sci-fi " +
    "fantasy family biography war history music animation musical western sport short film-noir").split(" ");

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** The sample's standard deviation. */
const deviation = (values: readonly number[]): number => {
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
};

const macroOver =
  (wanted: (label: { readonly label: string; readonly support: number }) => boolean) =>
  ({ perLabel }: TrialScores) => mean(perLabel.filter(wanted).map(({ f1 }) => f1));

const isInLiterature = ({ label }: { readonly label: string }) => LITERATURE.includes(label);

/** Columns of scores; the literature's labels only where the data has them all. */
const columnsOf = ([{ scores }]: readonly ComparedTrial[]) =>
  [
    ["micro-F1", (s: TrialScores) => s.microF1],
    ["macro-F1", (s: TrialScores) => s.macroF1],
    ["supported", macroOver(({ support }) => support > 0)],
    ...scores.perLabel.filter(isInLiterature).length === LITERATURE.length
      ? [["23 labels", macroOver(isInLiterature)] as const]
      : [],
    ["weighted-F1", (s: TrialScores) => s.weightedF1],
    ["samples-F1", (s: TrialScores) => s.samplesF1],
  ] as const;

const score = (values: readonly number[]): string =>
  mean(values).toFixed(3) + (values.length > 1 ? ` ±${deviation(values).toFixed(3)}` : "");

const millions = (n: number): string => `${(n / 1e6).toFixed(1)} M`;

/** The table of at least one trial; systems in the order in which they come. */
export function comparisonTable(trials: readonly ComparedTrial[]): Table {
  const columns = columnsOf(trials);
  const systems = Map.groupBy(trials, ({ system }) => system);
  return {
    head: ["system", "seeds", ...columns.map(([name]) => name), "seconds", "learn", "parameters"],
    rows: [...systems].map(([system, of]) => [
      system,
      `${of.length}`,
      ...columns.map(([, value]) => score(of.map(({ scores }) => value(scores)))),
      mean(of.map(({ seconds }) => seconds)).toFixed(0),
      millions(of[0].parameters.trainable),
      millions(of[0].parameters.total),
    ]),
  };
}

/** Scores that were published, by system. */
export interface PublishedScores {
  readonly system: string;
  readonly microF1: number;
  readonly macroF1: number;
  readonly weightedF1?: number;
}

/** The table of what was published. */
export const publishedTable = (published: readonly PublishedScores[]): Table => ({
  head: ["system", "micro-F1", "macro-F1", "weighted-F1"],
  rows: published.map(({ system, microF1, macroF1, weightedF1 }) => [
    system,
    ...[microF1, macroF1, weightedF1].map((x) => x?.toFixed(3) ?? "-"),
  ]),
});
