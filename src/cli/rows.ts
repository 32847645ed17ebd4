/** Rows to predict: of a CSV or JSONL file, of standard input, or of a folder of posters. */
import { basename, dirname, extname, join, resolve } from "node:path";
import { messageOf, OnesheetError } from "../base/errors.ts";
import { fieldFault, parseJson } from "../base/json.ts";
import { fileFault } from "../base/regular_file.ts";
import { filePieces, textLines, textPieces } from "../base/text_stream.ts";
import { readCsv } from "../data/csv.ts";
import { imageEndings } from "../data/image_header.ts";
import { textIfThere } from "../data/read.ts";
import { type Field, FIELDS } from "../serve/fields.ts";
import { userPath } from "./recipes.ts";

/** Where a row stands: on a line, from 1, or under a file's name in a folder. */
export type Place = { readonly line: number } | { readonly file: string };

/** A poster's file and a plot, as far as they are read. */
export interface Asked {
  readonly id?: string;
  /** A whole path; none where the model reads no image. */
  readonly poster?: string;
  readonly plot: string;
}

/** A row, or why it cannot be used. */
export type Row = Place & ({ readonly asked: Asked } | { readonly fault: string });

/** What is asked of a row's fields, of which the model reads these. */
const askedOf = (folder: string, { id, poster, plot }: Asked, fields: readonly Field[]): Asked => ({
  ...(id !== undefined && { id }),
  ...(poster !== undefined && fields.includes("poster") && { poster: resolve(folder, poster) }),
  plot: fields.includes("plot") ? plot : "",
});

/** Longest line of JSONL, in characters. */
const LONGEST_LINE = 2 ** 20;

function fromLine(
  line: string | undefined,
  folder: string,
  fields: readonly Field[],
): { asked: Asked } | { fault: string } {
  if (line === undefined) return { fault: `expected at most ${LONGEST_LINE} characters, found more` };
  try {
    const value = parseJson(line, 4);
    const kinds = Object.fromEntries(fields.map((field) => [field, "a text" as const]));
    const fault = fieldFault(value, { ...kinds, "id?": "a text" });
    if (fault !== undefined) return { fault };
    const { id, poster, plot = "" } = value as Partial<Asked>;
    return { asked: askedOf(folder, { id, poster, plot }, fields) };
  } catch (error) {
    return { fault: messageOf(error) };
  }
}

async function* ofJsonl(
  pieces: AsyncIterable<string>,
  folder: string,
  fields: readonly Field[],
): AsyncGenerator<Row> {
  let number = 0;
  for await (const line of textLines(pieces, LONGEST_LINE)) {
    number++;
    if (line?.trim() !== "") yield { line: number, ...fromLine(line, folder, fields) };
  }
}

async function* standardInput(): AsyncGenerator<string> {
  try {
    yield* textPieces(Deno.stdin.readable);
  } catch (cause) {
    throw new OnesheetError(`Cannot read standard input: ${messageOf(cause)}`, { cause });
  }
}

async function* ofCsv(path: string, fields: readonly Field[]): AsyncGenerator<Row> {
  for await (const row of readCsv(path, { filled: fields, optional: ["id"] })) {
    if ("fault" in row) yield row;
    else {
      const { line, cells } = row, id = cells.at(-1);
      const cell = (field: Field) => fields.includes(field) ? cells[fields.indexOf(field)] : undefined;
      const given = { ...(id !== "" && { id }), poster: cell("poster"), plot: cell("plot") ?? "" };
      yield { line, asked: askedOf(dirname(path), given, fields) };
    }
  }
}

/** What a file beside a poster says, or why it cannot be read. */
async function textBeside(folder: string, name: string): Promise<{ plot: string } | { fault: string }> {
  try {
    const text = await textIfThere(join(folder, name));
    return text === undefined
      ? { fault: `expected its plot in "${name}" beside it, found none` }
      : { plot: text.trim() };
  } catch (error) {
    return { fault: messageOf(error) };
  }
}

async function* ofFolder(folder: string, fields: readonly Field[]): AsyncGenerator<Row> {
  const files = Array.from(Deno.readDirSync(folder)).map(({ name }) => name).filter((name) =>
    !name.startsWith(".") && imageEndings.includes(extname(name).toLowerCase())
  ).sort();
  if (files.length === 0) {
    throw new OnesheetError(
      `Cannot predict the posters in "${folder}": expected files that end in ${
        imageEndings.join(", ")
      }, found none`,
      { exitCode: 2 },
    );
  }
  for (const file of files) {
    const found = fields.includes("plot")
      ? await textBeside(folder, `${basename(file, extname(file))}.txt`)
      : { plot: "" };
    yield "fault" in found
      ? { file, ...found }
      : { file, asked: askedOf(folder, { poster: file, plot: found.plot }, fields) };
  }
}

/**
 * The rows of what a person names: a folder of posters, each with its plot in a `.txt` of the same name; a `.csv` with
 * the columns poster and plot, and id if it likes; a `.jsonl` with these as fields; `-`, JSONL from standard input.
 * Posters are found from the file, those of standard input from where the person stands. `fields` are those that the
 * model reads; the others need not be there.
 *
 * Errors: nothing there, another kind of file, a CSV file without these columns, a folder without posters.
 */
export async function* rowsOf(
  named: string,
  fields: readonly Field[] = FIELDS,
): AsyncGenerator<Row> {
  if (named === "-") return yield* ofJsonl(standardInput(), userPath("."), fields);
  const path = userPath(named);
  const refuse = (found: string): never => {
    throw new OnesheetError(
      `Cannot use --in "${named}": expected a folder, a .csv or a .jsonl file, or -, found ${found}`,
      { exitCode: 2 },
    );
  };
  const { isDirectory } = await Deno.stat(path).catch((error) => refuse(fileFault(error)));
  if (isDirectory) return yield* ofFolder(path, fields);
  const kind = extname(path).toLowerCase();
  if (kind === ".csv") return yield* ofCsv(path, fields);
  if (kind === ".jsonl" || kind === ".ndjson") return yield* ofJsonl(filePieces(path), dirname(path), fields);
  refuse("another file");
}
