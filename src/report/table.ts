/** Plain-text tables for a terminal. */

import { displayWidth } from "./width.ts";

/** Cells as they are to be printed. */
export interface Table {
  /** Column titles; every row has as many cells. */
  readonly head: readonly string[];
  /** From top to bottom. */
  readonly rows: readonly (readonly string[])[];
  /** A last row under a second rule, such as a total. */
  readonly foot?: readonly string[];
}

/** A number with separators, sign, exponent or unit sign, or a placeholder for one. */
const isNumber = (text: string): boolean => /^([-+]?\d[\d.,]*(e[-+]?\d+)?\s?[%x]?|[-–]?)$/.test(text);

/**
 * Aligns the cells in columns; a column in which every row is a number, empty or a dash is aligned on the right.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { table } from "./table.ts";
 *
 * const text = table({ head: ["label", "f1"], rows: [["drama", "0.71"], ["war", "0.5"]] });
 * assertEquals(text, "label    f1\n───────────\ndrama  0.71\nwar     0.5");
 * ```
 */
export function table({ head, rows, foot }: Table): string {
  const all = [head, ...rows, ...(foot ? [foot] : [])];
  const columns = head.map((_, i) => ({
    width: Math.max(...all.map((cells) => displayWidth(cells[i]))),
    right: rows.length > 0 && rows.every((cells) => isNumber(cells[i])),
  }));
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => {
      const space = " ".repeat(columns[i].width - displayWidth(cell));
      return columns[i].right ? space + cell : cell + space;
    }).join("  ").trimEnd();
  const rule = "─".repeat(columns.reduce((sum, column) => sum + column.width, 2 * (columns.length - 1)));
  return [line(head), rule, ...rows.map(line), ...(foot ? [rule, line(foot)] : [])].join("\n");
}

/** A row of a table in Markdown. */
export const markdownRow = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** The table in Markdown: the first column to the left, the others to the right; without a last row of its own. */
export const markdown = ({ head, rows }: Table): string =>
  [head, head.map((_, i) => i === 0 ? "---" : "---:"), ...rows].map(markdownRow).join("\n");
