/** A CSV file by the names of its columns: what training and prediction read alike. */
import { didYouMean, listed, messageOf, OnesheetError } from "../base/errors.ts";
import { nulFault } from "../base/text.ts";
import { filePieces } from "../base/text_stream.ts";
import { type CsvRow, csvRows } from "./csv_rows.ts";

/** A row: the cells of the columns that were asked for, without space around them, or why there are none. */
export type CsvRecord =
  & { readonly line: number }
  & ({ readonly cells: readonly string[] } | { readonly fault: string });

/** Columns to read. */
export interface CsvColumns {
  /** The file must have them, and each row a cell in them that is not empty. */
  readonly filled: readonly string[];
  /** The file must have them. */
  readonly required?: readonly string[];
  /** Their cells are empty where the file has none of that name. */
  readonly optional?: readonly string[];
}

/** The rows of a file; an error names it. */
async function* rowsOf(path: string): AsyncGenerator<CsvRow> {
  try {
    yield* csvRows(filePieces(path));
  } catch (cause) {
    if (cause instanceof OnesheetError) throw cause;
    if (cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotADirectory) {
      throw new OnesheetError(`Cannot open "${path}": expected a CSV file, found none`, {
        cause,
        exitCode: 2,
      });
    }
    throw new OnesheetError(`Cannot read "${path}": ${messageOf(cause)}`, { cause });
  }
}

/** Where a column is; -1 where it may be missing and is. */
function columnIn(columns: readonly string[], name: string, isOptional: boolean, path: string): number {
  const at = columns.indexOf(name);
  const refuse = (sentence: string): never => {
    throw new OnesheetError(`Cannot read "${path}": ${sentence}`, { exitCode: 2 });
  };
  if (at === -1 && !isOptional) {
    refuse(`expected a column "${name}", found ${listed(columns)}${didYouMean(name, columns)}`);
  }
  if (columns.lastIndexOf(name) !== at) refuse(`expected one column "${name}", found several of that name`);
  return at;
}

/** The names in the first row. */
function namesIn({ cells, fault, line }: CsvRow, path: string): string[] {
  const wrong = fault ?? (cells.some((cell) => cell.includes("\0")) ? nulFault(line) : undefined);
  if (wrong === undefined) return cells.map((cell) => cell.trim());
  throw new OnesheetError(`Cannot read the names of the columns of "${path}": ${wrong}`);
}

/**
 * Reads a CSV file whose first row names its columns: of each row the cells of these columns, `filled`, `required` and
 * `optional` ones in this order. A row that cannot be used has its fault; see {@link csvRows} for what is CSV.
 *
 * Errors: no such file, what is no text or has quotes that do not end, a column that is missing or there twice, no rows.
 */
export async function* readCsv(
  path: string,
  { filled, required = [], optional = [] }: CsvColumns,
): AsyncGenerator<CsvRecord> {
  const rows = rowsOf(path), head = await rows.next(), names = [...filled, ...required, ...optional];
  const columns = head.done ? [] : namesIn(head.value, path);
  const wanted = head.done ? [] : names.map((name) => columnIn(columns, name, optional.includes(name), path));
  let isEmpty = true;
  for await (const { line, cells, fault } of rows) {
    isEmpty = false;
    const found = wanted.map((at) => cells[at]?.trim() ?? "");
    const missing = filled.findIndex((_, i) => found[i] === "");
    const wrong = fault !== undefined
      ? fault
      : cells.length !== columns.length
      ? `expected ${columns.length} cells, found ${cells.length}`
      : found.some((cell) => cell.includes("\0"))
      ? "expected text, found a NUL character"
      : missing >= 0
      ? `expected a value as "${filled[missing]}", found an empty cell`
      : undefined;
    yield wrong === undefined ? { line, cells: found } : { line, fault: wrong };
  }
  if (isEmpty) {
    throw new OnesheetError(
      `Cannot read "${path}": expected a row of column names and rows below, found none`,
    );
  }
}
