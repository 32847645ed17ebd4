/** The report of a run: one file that asks for nothing else. */
import { draw, type Lines, linesSpec, matrixSpec } from "./chart.ts";
import { curvePanels } from "./curves.ts";
import { type Html, html, raw } from "./html.ts";
import { bestCut, confusion, type Cut, cutsOf, type Shares, supportOf, thinned, together } from "./judge.ts";
import { bestEpoch, type EpochRow, type ReportedRun } from "./run.ts";
import { labelTable, machineSection, posters, recipeSection, summary } from "./sections.ts";
import { CHART_LABELS, leftOut, mostRows, TABLE_LABELS } from "./shown_labels.ts";
import { style } from "./style.ts";

/** A whole page around its body; `script` is for one that a server gives out. */
export function wholePage(title: string, body: Html, script = ""): string {
  const allowed = "default-src 'none'; img-src data:; style-src 'unsafe-inline'" +
    (script && "; script-src 'unsafe-inline'; connect-src 'self'");
  return html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="${raw(allowed)}">
        <title>${title}</title>
        <style>${raw(style)}</style>
      </head>
      <body>${body}${script && raw(`<script>${script}</script>`)}</body>
    </html>
  `.html.trimStart();
}

/** A chart with what it shows in words. */
export const figure = async (chart: Lines, label: string): Promise<Html> =>
  html`<figure>${raw(await draw(label, linesSpec(chart)))}</figure>`;

/** In words, the first and the last number of every series. */
function course({ title, points, series, of }: Lines): string {
  const ends = series.map((name) => {
    const drawn = points.filter(({ series, y }) => series === name && y !== null);
    const say = (y: number | null | undefined) => y?.toPrecision(3) ?? "nothing";
    return `${name} from ${say(drawn[0]?.y)} to ${say(drawn.at(-1)?.y)}`;
  });
  return `${title} by ${of}: ${ends.join(", ")}`;
}

async function curves({ epochs, steps }: ReportedRun): Promise<Html> {
  const byStep: Lines[] = steps.length === 0 ? [] : [{
    title: "Loss by step",
    of: "step",
    series: ["loss"],
    points: thinned(steps).map(({ step, loss }) => ({ x: step, y: loss, series: "loss" })),
  }];
  const charts = [...epochs.length === 0 ? [] : curvePanels(epochs), ...byStep];
  const drawn: Html[] = [];
  for (const chart of charts) drawn.push(await figure(chart, course(chart)));
  return html`
    <section>
      <h2>Curves</h2>
      <div class="charts">${drawn}</div>
    </section>
  `;
}

/** Precision, recall and F1 of a label by threshold. */
function cutsFigure(label: string, cuts: readonly Cut[]): Promise<Html> {
  const measures = [["precision", "precision"], ["recall", "recall"], ["f1", "F1"]] as const;
  const chart: Lines = {
    ...{ title: label, of: "threshold", scale: "shares", size: [180, 110] },
    series: measures.map(([, series]) => series),
    points: cuts.flatMap((cut) =>
      measures.map(([measure, series]) => ({ x: cut.threshold, y: cut[measure], series }))
    ),
  };
  const { threshold, f1 } = bestCut(cuts);
  const words = `Precision, recall and F1 of ${label} by threshold: F1 is greatest, ${
    f1.toFixed(3)
  }, at ${threshold}`;
  return figure(chart, words);
}

async function labelsSection(run: ReportedRun, best: EpochRow): Promise<Html> {
  const { outputs, labels } = run, support = best.per_label.map(({ support }) => support);
  const inTable = mostRows(support, TABLE_LABELS), inCharts = mostRows(support, CHART_LABELS);
  const cuts = new Map(outputs.length === 0 ? [] : inTable.map((i) => [i, cutsOf(outputs, i)]));
  const charts: Html[] = [];
  for (const i of cuts.size === 0 ? [] : inCharts) charts.push(await cutsFigure(labels[i], cuts.get(i)!));
  const rows = inTable.map((i) => ({ ...best.per_label[i], cut: cuts.get(i) && bestCut(cuts.get(i)!) }));
  return html`<section><h2>Labels</h2>
<p class="quiet">${leftOut(inTable.length, labels.length, "metrics.jsonl")}</p>${labelTable(rows)}
<details><summary>Precision, recall and F1 by threshold</summary>
<p class="quiet">The best threshold is chosen on the rows that it is judged by, so its F1 flatters. ${
    leftOut(inCharts.length, labels.length, "the table above or validation.jsonl")
  }</p>
<div class="charts small">${charts}</div></details></section>`;
}

/** The greatest shares off the diagonal, in a sentence; those of nothing are not told. */
function greatest(names: readonly string[], shares: Shares, verb: string): string {
  const pairs = shares.flatMap((row, i) =>
    row.flatMap((share, j) =>
      i === j || share === 0
        ? []
        : [{ share, words: `${names[i]} ${verb} ${names[j]} ${Math.round(100 * share)} %` }]
    )
  );
  if (pairs.length === 0) return "None off the diagonal.";
  return `Most: ${pairs.sort((a, b) => b.share - a.share).slice(0, 3).map(({ words }) => words).join("; ")}.`;
}

async function matrices({ outputs, labels }: ReportedRun): Promise<Html> {
  if (outputs.length === 0) return html``;
  const shown = mostRows(supportOf(outputs, labels.length), CHART_LABELS),
    names = shown.map((i) => labels[i]);
  const matrix = async (title: string, shares: Shares, columns: string, verb: string) => {
    const cells = shares.flatMap((row, i) =>
      row.map((share, j) => ({ row: names[i], column: names[j], share }))
    );
    const spec = matrixSpec({ title, names, cells, rows: "has", columns });
    const most = greatest(names, shares, verb);
    return html`<figure>${
      raw(await draw(`${title}. ${most}`, spec))
    }<figcaption>${most}</figcaption></figure>`;
  };
  return html`
    <section>
      <h2>Labels together, and labels mistaken</h2>
      <p
        class="quiet">Shares of the rows that have the label at the left. Right: those that have it and not the label below, but are told that; on the diagonal, its recall. ${leftOut(
          shown.length,
          labels.length,
          "validation.jsonl",
        )}</p>
      <div class="charts">${await matrix("Has both", together(outputs, shown), "has, too", "with")}
    ${await matrix("Is told wrongly", confusion(outputs, shown), "told", "told")}</div>
    </section>
  `;
}

/** What is between the tags of a run's page. */
export async function runBody(run: ReportedRun): Promise<Html> {
  const last = run.sessions.at(-1), { name } = run.recipe, best = bestEpoch(run);
  const end = last === undefined ? "" : last.reason === undefined ? ", not ended" : `, ended: ${last.reason}`;
  return html`
    <header>
      <h1>${String(name)}</h1>
      <p class="quiet">${run.name}${end}</p>
      <p id="status" role="status"></p>
    </header>
    <main>${summary(run)}${await curves(run)}${best === undefined ? "" : await labelsSection(run, best)}
    ${await matrices(run)}${posters(run)}${recipeSection(run)}${machineSection(run)}</main>
    <footer class="quiet">Scores are of the validation rows, at the best epoch.</footer>
  `;
}

/** The report of a run as a file. */
export const runPage = async (run: ReportedRun): Promise<string> =>
  wholePage(`${run.recipe.name}: ${run.name}`, await runBody(run));
