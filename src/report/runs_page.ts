/** A page that sets runs beside each other: scores, curves, labels, and in what their recipes differ. */
import { draw, type Lines, linesSpec } from "./chart.ts";
import { type Html, html, htmlTable, raw } from "./html.ts";
import { wholePage } from "./page.ts";
import { leftOut, mostRows, TABLE_LABELS } from "./shown_labels.ts";
import { bestEpoch, duration, type EpochRow, type ReportedRun } from "./run.ts";

const four = (x: number | null | undefined): string => x === null || x === undefined ? "–" : x.toFixed(4);

function scores(runs: readonly ReportedRun[]): Html {
  const rows = runs.map((run) => {
    const best = bestEpoch(run);
    return [
      ...[
        run.name,
        String(run.recipe.name),
        four(best?.macro_f1),
        four(best?.micro_f1),
        four(best?.weighted_f1),
      ],
      ...[four(best?.samples_f1), four(best?.val_loss), best ? `${best.epoch} of ${run.epochs.length}` : "–"],
      duration(run.epochs.reduce((sum, { seconds }) => sum + seconds, 0)),
      run.sessions.at(-1)?.device ?? "–",
    ];
  });
  const head = ["run", "recipe", "macro-F1", "micro-F1", "weighted F1", "samples F1", "validation loss"];
  return htmlTable("Scores at the best epoch", [...head, "best epoch", "time", "device"], rows);
}

const measures = [["macro_f1", "Macro-F1"], ["micro_f1", "Micro-F1"], ["val_loss", "Validation loss"], [
  "train_loss",
  "Training loss",
]] as const satisfies readonly (readonly [keyof EpochRow, string])[];

async function curves(runs: readonly ReportedRun[]): Promise<Html> {
  const charts: Html[] = [];
  for (const [measure, title] of measures) {
    const chart: Lines = {
      ...{ title, of: "epoch", dots: true, series: runs.map(({ name }) => name) },
      points: runs.flatMap(({ name, epochs }) =>
        epochs.map((row) => ({ x: row.epoch, y: row[measure], series: name }))
      ),
    };
    const bests = runs.map((run) => `${run.name} ${four(bestEpoch(run)?.[measure])}`).join(", ");
    const label = `${title} by epoch; at the best epoch: ${bests}`;
    charts.push(html`<figure>${raw(await draw(label, linesSpec(chart)))}</figure>`);
  }
  return html`
    <section>
      <h2>Curves</h2>
      <div class="charts">${charts}</div>
    </section>
  `;
}

/** Every plain value of a recipe by its path. */
function flat(value: unknown, path = ""): [string, string][] {
  if (typeof value !== "object" || value === null) return [[path, JSON.stringify(value) ?? ""]];
  return Object.entries(value).flatMap(([key, inside]) => flat(inside, path ? `${path}.${key}` : key));
}

/** The settings that are not the same in all runs, each as its runs have it. */
export function differences(runs: readonly Pick<ReportedRun, "recipe">[]): (readonly string[])[] {
  const all = runs.map(({ recipe }) => new Map(flat(recipe)));
  const paths = [...new Set(all.flatMap((one) => [...one.keys()]))];
  return paths.map((path) => [path, ...all.map((one) => one.get(path) ?? "–")])
    .filter(([, ...values]) => new Set(values).size > 1);
}

function labels(runs: readonly ReportedRun[]): Html {
  const bests = runs.map((run) => new Map(bestEpoch(run)?.per_label.map((one) => [one.label, one])));
  const names = [...new Set(bests.flatMap((one) => [...one.keys()]))];
  const support = names.map((name) => Math.max(...bests.map((one) => one.get(name)?.support ?? 0)));
  const shown = mostRows(support, TABLE_LABELS);
  const rows = shown.map((i) => {
    const f1s = bests.map((one) => one.get(names[i])?.f1);
    const known = f1s.filter((f1) => f1 !== undefined);
    return [
      names[i],
      ...f1s.map((f1) => f1?.toFixed(3) ?? "–"),
      (Math.max(...known) - Math.min(...known)).toFixed(3),
    ];
  });
  return html`<p class="quiet">${leftOut(shown.length, names.length, "metrics.jsonl of each run")}</p>${
    htmlTable("F1 by label, at the best epoch", ["label", ...runs.map(({ name }) => name), "spread"], rows)
  }`;
}

/** The page. */
export async function runsPage(runs: readonly ReportedRun[]): Promise<string> {
  const names = runs.map(({ name }) => name), different = differences(runs);
  const recipes = different.length === 0
    ? html`<p>The recipes are the same.</p>`
    : htmlTable("Settings that differ", ["setting", ...names], different);
  const body = html`
    <header>
      <h1>Comparison of ${runs.length} runs</h1>
    </header>
    <main><section><h2>Scores</h2>${scores(runs)}</section>${await curves(runs)}
    <section><h2>Recipes</h2>${recipes}</section><section><h2>Labels</h2>${labels(runs)}</section></main>
    <footer
      class="quiet">Scores are of each run's validation rows; they compare where these are the same rows.</footer>
  `;
  return wholePage(`Comparison of ${names.join(", ")}`, body);
}
