/** Rows of a CSV file with the lines they stand on. */
import { CsvError, parse } from "csv-parse/sync";
import { OnesheetError } from "../base/errors.ts";

/** A row of a CSV file. */
export interface CsvRow {
  /** The line it begins on, from 1. */
  readonly line: number;
  /** As many as the file has columns, unless the row is broken. */
  readonly cells: readonly string[];
}

/** A CSV file: the names in its first row, and the rows below. */
export interface Csv {
  readonly columns: readonly string[];
  readonly rows: readonly CsvRow[];
}

/**
 * Parses CSV (RFC 4180): quoted cells may hold commas, quotes and line ends; empty lines are passed over. `path` names
 * the file in errors.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseCsv } from "./csv.ts";
 * const { columns, rows } = parseCsv('title,plot\nUp,"A house\nflies"\nHeat,A heist', "films.csv");
 * assertEquals(columns, ["title", "plot"]);
 * assertEquals(rows[1], { line: 4, cells: ["Heat", "A heist"] });
 * ```
 *
 * Errors: quotes that do not close or stand inside a bare cell, by their line; no rows.
 */
export function parseCsv(text: string, path: string): Csv {
  // The parser counts a CRLF inside of quotes as two lines.
  const lines = text.replaceAll("\r\n", "\n");
  const ends: number[] = [];
  try {
    const [head, ...rest] = parse(lines, {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (record, { lines }) => {
        ends.push(lines);
        return record;
      },
    }).map((cells, row) => ({
      cells,
      line: ends[row] - cells.reduce((sum, cell) => sum + cell.split("\n").length - 1, 0),
    }));
    if (head !== undefined && rest.length > 0) return { columns: head.cells, rows: rest };
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new OnesheetError(`Cannot read "${path}": expected CSV, found this: ${cause.message}`, { cause });
  }
  throw new OnesheetError(`Cannot read "${path}": expected a row of column names and rows below, found none`);
}
