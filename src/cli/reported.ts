/** From a run folder to its report. */
import { basename } from "node:path";
import { OnesheetError } from "../base/errors.ts";
import { isCount } from "../base/json.ts";
import { curvesSvg } from "../report/curves.ts";
import { readEvents } from "../report/events/log.ts";
import type { Html } from "../report/html.ts";
import { runBody, wholePage } from "../report/page.ts";
import { pngOf } from "../report/png.ts";
import { type OutputRow, type ReportedRun, STEP_LOSS } from "../report/run.ts";
import { readSessions } from "../train/machine.ts";
import { readLabels, readMetrics, readRecord, runFiles, writeRunFile } from "../train/run.ts";
import { readExamples, readValidation } from "../train/validation.ts";

/** Refuses a row with another number of probabilities than there are labels, or with labels that do not exist. */
function demandFits(folder: string, { row, labels, probabilities }: OutputRow, count: number): void {
  const exist = labels.every((label) => isCount(label) && label < count);
  if (exist && probabilities.length === count && probabilities.every(Number.isFinite)) return;
  throw new OnesheetError(
    `Cannot report on "${folder}": expected row ${row} of its validation rows to have ${count} probabilities, one for ` +
      `each of labels.json, found ${probabilities.length}, or labels that labels.json does not have`,
  );
}

/** Reads all that a report shows; what an earlier version did not write is empty. */
export async function readReported(folder: string): Promise<ReportedRun> {
  const { recipe, settings = [], weights } = await readRecord(folder);
  const events = await readEvents(runFiles(folder).events);
  const labels = await readLabels(folder);
  const outputs = await readValidation(folder), examples = await readExamples(folder);
  for (const row of [...outputs, ...examples]) demandFits(folder, row, labels.length);
  return {
    name: basename(folder),
    recipe: recipe as ReportedRun["recipe"],
    settings,
    weights,
    labels,
    epochs: await readMetrics(folder),
    outputs,
    examples,
    sessions: await readSessions(folder),
    steps: events.flatMap(({ step, scalars: { [STEP_LOSS]: loss } }) =>
      loss === undefined ? [] : [{ step, loss }]
    ),
  };
}

/** What a page of a run is called, and what is in it. */
export interface Reported {
  readonly title: string;
  readonly body: Html;
}

/** Writes `report.html`, `curves.svg` and, where sharp loads, `curves.png` into a run folder. */
export async function writeReport(folder: string, wayOut?: string): Promise<Reported> {
  const run = await readReported(folder), files = runFiles(folder);
  const title = `${run.recipe.name}: ${run.name}`, body = await runBody(run);
  await writeRunFile(files.report, wholePage(title, body), wayOut);
  if (run.epochs.length > 0) {
    const svg = await curvesSvg(run.epochs), png = await pngOf(svg);
    await writeRunFile(files.curves, svg, wayOut);
    if (png !== undefined) await writeRunFile(files.picture, png, wayOut);
  }
  return { title, body };
}
