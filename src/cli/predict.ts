/** `predict`: the labels of posters and plots, by a run's best weights. */
import { OnesheetError } from "../base/errors.ts";
import { writeAll, writeWhole } from "../base/files.ts";
import { fileFault } from "../base/regular_file.ts";
import { readImage } from "../data/image_file.ts";
import { imageHeader } from "../data/image_header.ts";
import type { Example } from "../data/source.ts";
import { table } from "../report/table.ts";
import { type Field, fieldsOf, NO_POSTER } from "../serve/fields.ts";
import { openPredictor, type Predictor } from "../serve/predictor.ts";
import { prepared, type Told, told } from "../serve/told.ts";
import { draftPlan } from "../train/start.ts";
import type { Command } from "./command.ts";
import { engineOptions, openEngine } from "./engine.ts";
import type { Parsed } from "./options.ts";
import { demandWritable, writeOutput } from "./output.ts";
import { type Lines, predictRows } from "./predict_rows.ts";
import { loadRun, userPath } from "./recipes.ts";
import { recipeOption } from "./trust.ts";
import { rowsOf } from "./rows.ts";
import { shortLabel } from "./screen.ts";
import { jsonText, print, tell } from "./terminal.ts";

/** What `predict` takes. */
export const predictCommand = {
  name: "predict",
  summary: "Tells the labels of a poster and a plot, or of many.",
  positionals: { run: { help: "a run folder", required: true } },
  options: {
    poster: {
      kind: "string",
      placeholder: "FILE",
      help: "an image file; not needed where the model reads no image",
    },
    plot: { kind: "string", placeholder: "TEXT", help: "the plot; not needed where the model reads no text" },
    in: {
      kind: "string",
      placeholder: "FILE",
      help: "many: a .csv or .jsonl of poster, plot and id; - for JSONL from standard input; " +
        "or a folder of posters with a .txt beside each",
    },
    out: {
      kind: "string",
      placeholder: "FILE",
      help: "where the lines of --in go; standard output unless given",
    },
    explain: {
      kind: "boolean",
      help: "tell also what poster and plot say alone: with an empty plot, and with a grey poster",
    },
    recipe: recipeOption,
    strict: { kind: "boolean", help: "fail where a row of --in cannot be used" },
    ...engineOptions,
    json: { kind: "boolean", help: "for programs" },
  },
  examples: [
    'deno task predict runs/quickstart-20260101-120000 --poster poster.jpg --plot "A ship is lost in space."',
    "deno task predict runs/quickstart-20260101-120000 --in films.csv --explain > labels.jsonl",
  ],
} as const satisfies Command;

type Options = Parsed<typeof predictCommand>["options"];

/** The bytes of the poster that was named, which is an image by its header. */
async function posterOf(path: string): Promise<Uint8Array> {
  const image = await readImage(userPath(path)).catch((cause) => {
    throw new OnesheetError(`Cannot read the poster "${path}": ${fileFault(cause)}`, { cause, exitCode: 2 });
  });
  imageHeader(image);
  return image;
}

/** The one example that was named. */
async function one(predictor: Predictor, example: Example, { json, explain }: Options): Promise<void> {
  const examples = await prepared(predictor, example, explain);
  const labels = told(predictor.labels, await predictor.predict(examples));
  print(json ? jsonText(labels, 2) : screen(labels));
}

/** Labels that a person is shown, at most. */
const SHOWN = 50;

const screen = (labels: readonly Told[]): string => {
  const explained = labels[0]?.imageOnly !== undefined, rest = labels.slice(SHOWN);
  const three = (x: number | undefined): string => x?.toFixed(3) ?? "";
  const shown = table({
    head: ["label", "probability", ...explained ? ["image only", "text only"] : [], "over 0.5"],
    rows: labels.slice(0, SHOWN).map(({ label, probability, imageOnly, textOnly }) => [
      shortLabel(label),
      three(probability),
      ...explained ? [three(imageOnly), three(textOnly)] : [],
      probability > 0.5 ? "yes" : "",
    ]),
  });
  if (rest.length === 0) return shown;
  return `${shown}\n${rest.length} more labels have at most ${three(rest[0].probability)}; --json has all`;
};

/** Writes the lines to a file, whole, or to standard output. */
async function writeLines(out: string | undefined, lines: Lines): Promise<void> {
  if (out === undefined) {
    for await (const line of lines) print(line);
    return;
  }
  await writeOutput(out, () =>
    writeWhole(out, async (file) => {
      for await (const line of lines) await writeAll(file, new TextEncoder().encode(`${line}\n`));
    }));
}

/** What is asked; either one example or many. */
function demandAsked({ poster, plot, in: many, out, strict }: Options): void {
  const isOne = (poster !== undefined || plot !== undefined) && out === undefined && !strict;
  const fits = many === undefined ? isOne : poster === undefined && plot === undefined;
  if (fits) return;
  throw new OnesheetError(
    "Cannot predict: expected --poster FILE and --plot TEXT, or --in FILE with --out FILE and --strict as you like",
    { exitCode: 2 },
  );
}

/** Refuses a question that leaves out what the model reads, or asks what a modality says alone where there is one. */
function demandFields({ poster, plot, in: many, explain }: Options, fields: readonly Field[]): void {
  const given = { poster, plot }, missing = fields.find((field) => given[field] === undefined);
  if (many === undefined && missing !== undefined) {
    const expected = fields.map((field) => field === "poster" ? "--poster FILE" : "--plot TEXT").join(
      " and ",
    );
    throw new OnesheetError(`Cannot predict: expected ${expected}, found no --${missing}`, { exitCode: 2 });
  }
  if (!explain || fields.length > 1) return;
  throw new OnesheetError(`Cannot use --explain: the model reads the ${fields[0]} alone; leave it out`, {
    exitCode: 2,
  });
}

/** Runs the command; gives its exit code. */
export async function predict({ positionals, options }: Parsed<typeof predictCommand>): Promise<number> {
  demandAsked(options);
  const { poster, plot = "", in: many, explain, strict } = options;
  const out = options.out === undefined ? undefined : userPath(options.out);
  if (out !== undefined) await demandWritable(out);
  const { folder, recipe } = await loadRun(positionals.run, options);
  const fields = fieldsOf(draftPlan(recipe).model.reads);
  demandFields(options, fields);
  const image = poster !== undefined && fields.includes("poster") ? await posterOf(poster) : NO_POSTER;
  const { engine } = await openEngine(options);
  using predictor = await openPredictor(folder, recipe, engine);
  if (many === undefined) await one(predictor, { image, text: plot }, options);
  else await writeLines(out, predictRows(predictor, rowsOf(many, fields), { explain, strict, tell }));
  return 0;
}
