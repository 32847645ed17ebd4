/** Rows to predict: of a CSV or JSONL file, of standard input, or of a folder of posters. */
import { basename, dirname, extname, join, resolve } from "node:path";
import { messageOf, oneLine, OnesheetError } from "../base/errors.ts";
import { decodeUtf8, fieldFault, parseJson } from "../base/json.ts";
import { parseCsv } from "../data/csv.ts";
import { textIfThere } from "../data/read.ts";
import { userPath } from "./recipes.ts";

/** Where a row stands: on a line, from 1, or under a file's name in a folder. */
export type Place = { readonly line: number } | { readonly file: string };

/** A poster's file and a plot. */
export interface Asked {
  readonly id?: string;
  /** A whole path. */
  readonly poster: string;
  readonly plot: string;
}

/** A row, or why it cannot be used. */
export type Row = Place & ({ readonly asked: Asked } | { readonly fault: string });

const IMAGES = [".jpg", ".jpeg", ".png", ".gif", ".webp"];

/** Longest line of JSONL, in bytes. */
const LONGEST_LINE = 2 ** 20;

/** The lines of a stream, without their ends; one that is too long is given as far as it may go and a byte more. */
async function* linesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [], length = 0;
  const keep = (part: Uint8Array) => {
    if (length > LONGEST_LINE) return;
    parts.push(part.slice(0, LONGEST_LINE + 1 - length));
    length += parts[parts.length - 1].length;
  };
  const taken = () => {
    const line = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      line.set(part, at);
      at += part.length;
    }
    [parts, length] = [[], 0];
    return line;
  };
  for await (const chunk of stream) {
    let from = 0;
    for (let end; (end = chunk.indexOf(10, from)) !== -1; from = end + 1) {
      keep(chunk.subarray(from, end));
      yield taken();
    }
    keep(chunk.subarray(from));
  }
  if (length > 0) yield taken();
}

function fromLine(bytes: Uint8Array, folder: string): { asked: Asked } | { fault: string } {
  if (bytes.length > LONGEST_LINE) return { fault: `expected at most ${LONGEST_LINE} bytes, found more` };
  try {
    const value = parseJson(decodeUtf8(bytes), 4);
    const fault = fieldFault(value, { poster: "a text", plot: "a text", "id?": "a text" });
    if (fault !== undefined) return { fault };
    const { poster, ...rest } = value as Asked;
    return { asked: { ...rest, poster: resolve(folder, poster) } };
  } catch (error) {
    return { fault: messageOf(error) };
  }
}

async function* ofJsonl(stream: AsyncIterable<Uint8Array>, folder: string): AsyncGenerator<Row> {
  let line = 0;
  for await (const bytes of linesOf(stream)) {
    line++;
    if (bytes.every((byte) => byte === 32 || byte === 9 || byte === 13)) continue;
    yield { line, ...fromLine(bytes, folder) };
  }
}

function* ofCsv(text: string, path: string): Generator<Row> {
  const { columns, rows } = parseCsv(text, path);
  const [poster, plot, id] = ["poster", "plot", "id"].map((name) => columns.indexOf(name));
  if (poster === -1 || plot === -1) {
    throw new OnesheetError(
      `Cannot use "${path}": expected the columns poster and plot, found ${oneLine(columns.join(", "))}`,
      { exitCode: 2 },
    );
  }
  for (const { line, cells } of rows) {
    if (cells.length !== columns.length) {
      yield { line, fault: `expected ${columns.length} cells, found ${cells.length}` };
    } else if (cells[poster] === "") yield { line, fault: "expected a file as poster, found none" };
    else {
      const asked = { poster: resolve(dirname(path), cells[poster]), plot: cells[plot] };
      yield { line, asked: { ...(id !== -1 && { id: cells[id] }), ...asked } };
    }
  }
}

async function* ofFolder(folder: string): AsyncGenerator<Row> {
  const files = Array.from(Deno.readDirSync(folder)).map(({ name }) => name).filter((name) =>
    IMAGES.includes(extname(name).toLowerCase())
  ).sort();
  if (files.length === 0) {
    throw new OnesheetError(
      `Cannot predict the posters in "${folder}": expected files that end in ${
        IMAGES.join(", ")
      }, found none`,
      { exitCode: 2 },
    );
  }
  for (const file of files) {
    const beside = `${basename(file, extname(file))}.txt`;
    const plot = await textIfThere(join(folder, beside));
    if (plot === undefined) yield { file, fault: `expected its plot in "${beside}" beside it, found none` };
    else yield { file, asked: { poster: join(folder, file), plot: plot.trim() } };
  }
}

/**
 * The rows of what a person names: a folder of posters, each with its plot in a `.txt` of the same name; a `.csv` with
 * the columns poster and plot, and id if it likes; a `.jsonl` with these as fields; `-`, JSONL from standard input.
 * Posters are found from the file, those of standard input from where the person stands.
 *
 * Errors: nothing there, another kind of file, a CSV file without these columns, a folder without posters.
 */
export async function* rowsOf(named: string): AsyncGenerator<Row> {
  if (named === "-") return yield* ofJsonl(Deno.stdin.readable, userPath("."));
  const path = userPath(named);
  const there = await Deno.stat(path).catch(() => undefined);
  const kind = there?.isDirectory ? "folder" : there?.isFile ? extname(path).toLowerCase() : undefined;
  if (kind === "folder") return yield* ofFolder(path);
  if (kind === ".csv") return yield* ofCsv(await Deno.readTextFile(path), path);
  if (kind === ".jsonl" || kind === ".ndjson") {
    return yield* ofJsonl((await Deno.open(path)).readable, dirname(path));
  }
  throw new OnesheetError(
    `Cannot use --in "${named}": expected a folder, a .csv or a .jsonl file, or -, found ${
      kind === undefined ? "none" : "another file"
    }`,
    { exitCode: 2 },
  );
}
