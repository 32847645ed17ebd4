/** Trials as a table: a row a system, scores as mean and standard deviation over the seeds. */
import type { Table, table } from "./table.ts";

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
  readonly seed: number;
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
  readonly seconds: number;
  readonly parameters: { readonly total: number; readonly trainable: number };
  readonly scores: TrialScores;
}

/** A trial that ended in an error. */
export interface FailedTrial {
  readonly system: string;
  readonly seed: number;
  /** Its sentence. */
  readonly error: string;
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
const columnsOf = ([first]: readonly ComparedTrial[]) =>
  [
    ["micro-F1", (s: TrialScores) => s.microF1],
    ["macro-F1", (s: TrialScores) => s.macroF1],
    ["supported", macroOver(({ support }) => support > 0)],
    ...first?.scores.perLabel.filter(isInLiterature).length === LITERATURE.length
      ? [["23 labels", macroOver(isInLiterature)] as const]
      : [],
    ["weighted-F1", (s: TrialScores) => s.weightedF1],
    ["samples-F1", (s: TrialScores) => s.samplesF1],
  ] as const;

const score = (values: readonly number[]): string =>
  mean(values).toFixed(3) + (values.length > 1 ? ` ±${deviation(values).toFixed(3)}` : "");

const millions = (n: number): string => `${(n / 1e6).toFixed(1)} M`;

/** A row a system, in the order in which they come; one of which no trial was scored has no scores. */
export function comparisonTable(outcomes: readonly (ComparedTrial | FailedTrial)[]): Table {
  const columns = columnsOf(outcomes.filter((outcome) => "scores" in outcome));
  const rows = [...Map.groupBy(outcomes, ({ system }) => system)].map(([system, all]) => {
    const scored = all.filter((outcome) => "scores" in outcome);
    const seeds = scored.length === all.length ? `${all.length}` : `${scored.length} of ${all.length}`;
    if (scored.length === 0) return [system, seeds, ...columns.map(() => "failed"), "", "", ""];
    return [
      system,
      seeds,
      ...columns.map(([, value]) => score(scored.map(({ scores }) => value(scores)))),
      mean(scored.map(({ seconds }) => seconds)).toFixed(0),
      millions(scored[0].parameters.trainable),
      millions(scored[0].parameters.total),
    ];
  });
  return {
    head: ["system", "seeds", ...columns.map(([name]) => name), "seconds", "trainable", "parameters"],
    rows,
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

/** The tables and the failures; `form` makes them for a terminal or in Markdown. */
export function comparisonText(
  outcomes: readonly (ComparedTrial | FailedTrial)[],
  published: readonly PublishedScores[],
  form: typeof table,
): string {
  const trial = outcomes.find((outcome) => "scores" in outcome);
  const failed = outcomes.filter((outcome) => "error" in outcome);
  const rows = trial &&
    `On ${trial.rows.test} test rows; ${trial.rows.train} training rows, and ${trial.rows.validation} validation rows ` +
      "that chose each system's epoch. ";
  return [
    (rows ?? "") + "macro-F1 is over all labels, “supported” over those that a test row has; " +
    "± is the standard deviation over seeds.",
    form(comparisonTable(outcomes)),
    ...failed.length === 0
      ? []
      : [failed.map(({ system, seed, error }) => `${system}, seed ${seed}, failed: ${error}`).join("\n")],
    ...published.length === 0 ? [] : [
      "Published, on MM-IMDb and on other splits and label sets: not to be compared with the table above.",
      form(publishedTable(published)),
    ],
  ].join("\n\n");
}
