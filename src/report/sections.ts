/** The parts of a run's page that are words and numbers. */
import { type Html, html, htmlTable } from "./html.ts";
import {
  bestEpoch,
  duration,
  type ExampleRow,
  type LabelRow,
  type ReportedRun,
  type SessionRow,
} from "./run.ts";

const three = (x: number): string => x.toFixed(3);
const four = (x: number | null): string => x === null ? "–" : x.toFixed(4);

/** Numbers that a run is judged by, each under its name. */
export function summary(run: ReportedRun): Html {
  const best = bestEpoch(run);
  if (best === undefined) return html`<p>No epoch has been evaluated yet.</p>`;
  const numbers: readonly (readonly [string, string])[] = [
    ["macro-F1", four(best.macro_f1)],
    ["micro-F1", four(best.micro_f1)],
    ["weighted F1", four(best.weighted_f1)],
    ["samples F1", four(best.samples_f1)],
    ["validation loss", four(best.val_loss)],
    ["best epoch", `${best.epoch} of ${run.epochs.length}`],
    ["time", duration(run.epochs.reduce((sum, { seconds }) => sum + seconds, 0))],
  ];
  return html`<dl class="figures">${
    numbers.map(([name, value]) =>
      html`
        <div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>
      `
    )
  }</dl>`;
}

/** Labels that are listed of a row, at most. */
const EXAMPLE_LABELS = 12;

/** One row for people: its picture, its text, what it has and what was said of it. */
function example(
  { row, labels, probabilities, loss, picture, text }: ExampleRow,
  names: readonly string[],
): Html {
  const told = (which: readonly number[]) =>
    which.slice(0, EXAMPLE_LABELS).map((i) => `${names[i]} ${probabilities[i].toFixed(2)}`).join(", ") +
      (which.length > EXAMPLE_LABELS ? ` and ${which.length - EXAMPLE_LABELS} more` : "") || "nothing";
  const said = probabilities.flatMap((p, i) => p > 0.5 ? [i] : []).sort((a, b) =>
    probabilities[b] - probabilities[a]
  );
  const image = picture === undefined
    ? ""
    : html`<img src="data:image/jpeg;base64,${picture}" alt="Poster of row ${row}">`;
  return html`<li>${image}<div><p><strong>Row ${row}</strong>, loss ${four(loss)}</p>
<p><strong>has</strong> ${told(labels)}</p><p><strong>told</strong> ${told(said)}</p>
<p class="quiet">${text}</p></div></li>`;
}

/** The rows that the best weights are most right and most wrong about. */
export function posters({ examples, labels }: ReportedRun): Html {
  if (examples.length === 0) return html``;
  const list = (which: ExampleRow["which"]) =>
    html`<ul class="posters">${
      examples.filter((one) => one.which === which).map((one) => example(one, labels))
    }</ul>`;
  return html`<section><h2>Validation rows</h2>
<p class="quiet">With the probabilities of the labels that a row has, and of those that it is told (above 0.5); the loss is binary cross-entropy, whatever the recipe has.</p>
<h3>Most right</h3>${list("best")}<h3>Most wrong</h3>${list("worst")}</section>`;
}

/** What was trained. */
export const recipeSection = ({ recipe, settings, weights }: ReportedRun): Html =>
  html`
    <section>
      <h2>Recipe</h2>
      <p>Started from ${weights} weights${settings.length > 0
        ? html`; changed by ${
          settings.map((one) =>
            html`
              <code>--set ${one}</code>
            `
          )
        }`
        : ""}.</p>
      <details>
        <summary>Every setting</summary>
        <pre tabindex="0" role="region" aria-label="The recipe as JSON">${JSON.stringify(
          recipe,
          null,
          2,
        )}</pre>
      </details>
    </section>
  `;

const clock = (time: string): string => time.replace("T", " ").slice(0, 19);

/** How long a session took; one of an earlier version has only times of day, between which the clock may have been set. */
function took({ started, ended, seconds }: SessionRow): string {
  if (ended === undefined) return "–";
  const found = seconds ?? (Date.parse(ended) - Date.parse(started)) / 1000;
  return found < 0 ? "–" : duration(found);
}

/** Where and when it ran. */
export function machineSection({ sessions, epochs }: ReportedRun): Html {
  const rows = sessions.map((session) => [
    clock(session.started),
    took(session),
    session.reason ?? "no end was written",
    session.from,
    session.device,
    `${session.processor ?? session.system}, ${session.processors} processors, ${session.system}`,
    `Onesheet ${session.onesheet}, Deno ${session.deno}`,
  ]);
  const head = ["started (UTC)", "time", "end", "from step", "device", "machine", "versions"];
  const times = epochs.map(({ epoch, seconds }) => [epoch, duration(seconds)]);
  return html`<section><h2>Machine and times</h2>${htmlTable("Sessions", head, rows)}
<details><summary>Time of every epoch</summary>${
    htmlTable("Training and evaluation", ["epoch", "time"], times)
  }</details></section>`;
}

/** Scores by label, best first, and what the best threshold would give where that is known. */
export function labelTable(
  scores: readonly (LabelRow & { readonly cut?: { readonly threshold: number; readonly f1: number } })[],
): Html {
  const rows = scores.toSorted((a, b) => b.f1 - a.f1)
    .map(({ label, precision, recall, f1, support, predicted, cut }) => [
      ...[label, three(precision), three(recall), three(f1), support, predicted],
      ...cut === undefined ? [] : [cut.threshold.toFixed(2), three(cut.f1)],
    ]);
  const head = ["label", "precision", "recall", "F1", "support", "told"];
  return htmlTable(
    "Scores by label, at the best epoch",
    [...head, ...scores.some(({ cut }) => cut !== undefined) ? ["best threshold", "F1 there"] : []],
    rows,
  );
}
