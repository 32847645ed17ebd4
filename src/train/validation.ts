/** What the best weights say of the validation rows, kept in the run folder for the report. */
import { fieldFault, kindFault, readJson } from "../base/json.ts";
import { encodeJpeg } from "../data/drawn/jpeg.ts";
import type { Picture } from "../data/picture.ts";
import { resize } from "../data/resize.ts";
import type { Dataset } from "../data/source.ts";
import { exists, readLines, runFiles, writeRunFile, writeRunLines } from "./run.ts";
import type { Evaluation } from "./trainer.ts";

/** One line of `validation.jsonl`. */
export interface ValidationRow {
  /** Row number in the data set. */
  readonly row: number;
  /** The labels it has, by position in `labels.json`. */
  readonly labels: readonly number[];
  /** By label, 0 to 1, to nine digits. */
  readonly probabilities: readonly number[];
  /** Mean binary cross-entropy over the labels, in nats, whatever the recipe's loss is. */
  readonly loss: number;
}

/** One of `examples.json`: a row for people to look at. */
export interface ShownRow extends ValidationRow {
  /** Among those of the smallest or of the largest loss. */
  readonly which: "best" | "worst";
  /** A JPEG file, in base64. */
  readonly picture?: string;
  /** The beginning of its text. */
  readonly text: string;
}

/** Rows of either kind in `examples.json`. */
const SHOWN = 6;

/** The longer side of their pictures, in pixels. */
const THUMBNAIL = 128;

/** Characters of their texts. */
const LONGEST_TEXT = 400;

const nineDigits = (x: number): number => Number(x.toPrecision(9));
/** ln(1 + e^z), without overflow. */
const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

/** The rows as lines of `validation.jsonl`; `logits` and `truth` are `[rows, labels]`. */
export function validationRows(
  ids: Int32Array,
  { logits, truth }: Pick<Evaluation, "logits" | "truth">,
): ValidationRow[] {
  const width = logits.length / ids.length;
  return Array.from(ids, (row, at) => {
    const outputs = [...logits.subarray(at * width, (at + 1) * width)];
    const has = truth.subarray(at * width, (at + 1) * width);
    const losses = outputs.map((z, i) => softplus(z) - has[i] * z);
    return {
      row,
      labels: outputs.flatMap((_, i) => has[i] === 1 ? [i] : []),
      probabilities: outputs.map((z) => nineDigits(1 / (1 + Math.exp(-z)))),
      loss: nineDigits(losses.reduce((a, b) => a + b, 0) / width),
    };
  });
}

/** Positions of the rows of the smallest and of the largest loss; no row is both. */
export function extremes(
  rows: readonly Pick<ValidationRow, "loss">[],
  count = SHOWN,
): { readonly best: readonly number[]; readonly worst: readonly number[] } {
  const order = rows.map((_, position) => position).sort((a, b) => rows[a].loss - rows[b].loss || a - b);
  const each = Math.min(count, Math.floor(order.length / 2));
  return { best: order.slice(0, each), worst: order.slice(order.length - each).reverse() };
}

/** A picture made small, as a JPEG file in base64. */
function thumbnail(picture: Picture): string {
  const scale = Math.min(1, THUMBNAIL / Math.max(picture.width, picture.height));
  const [width, height] = [picture.width, picture.height].map((side) =>
    Math.max(1, Math.round(side * scale))
  );
  return encodeJpeg(resize(picture, width, height)).toBase64();
}

const beginning = (text: string): string => {
  const characters = [...text];
  return characters.length > LONGEST_TEXT ? `${characters.slice(0, LONGEST_TEXT).join("")}…` : text;
};

async function shownRows({ validation }: Dataset, rows: readonly ValidationRow[]): Promise<ShownRow[]> {
  if (validation.shown === undefined) return [];
  const { best, worst } = extremes(rows), positions = [...best, ...worst];
  const shown = await validation.shown(Int32Array.from(positions));
  return shown.map(({ picture, text }, i) => ({
    which: i < best.length ? "best" : "worst",
    ...rows[positions[i]],
    ...(picture && { picture: thumbnail(picture) }),
    text: beginning(text),
  }));
}

/** Writes `validation.jsonl` and `examples.json` of an evaluation. */
export async function keepValidation(folder: string, data: Dataset, evaluation: Evaluation): Promise<void> {
  const files = runFiles(folder), rows = validationRows(data.validation.ids, evaluation);
  await writeRunFile(files.examples, JSON.stringify(await shownRows(data, rows), null, 2) + "\n");
  await writeRunLines(files.validation, rows);
}

const rowFields = {
  row: "a whole number",
  labels: "a list",
  probabilities: "a list",
  loss: "a number",
} as const;

/** Reads `validation.jsonl`; no file is no rows. */
export async function readValidation(folder: string): Promise<ValidationRow[]> {
  const { validation } = runFiles(folder);
  return await readLines<ValidationRow>(validation, (found) => fieldFault(found, rowFields), 3);
}

/** Reads `examples.json`; no file is no rows. */
export async function readExamples(folder: string): Promise<ShownRow[]> {
  const { examples } = runFiles(folder);
  if (!await exists(examples)) return [];
  return await readJson<ShownRow[]>(examples, (found) => {
    if (!Array.isArray(found)) return kindFault(found, "a list");
    const fields = { ...rowFields, which: "a text", text: "a text", "picture?": "a text" } as const;
    return found.map((row) => fieldFault(row, fields)).find((fault) => fault !== undefined);
  });
}
