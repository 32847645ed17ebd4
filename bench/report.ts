/** Figures for people: a table for the terminal, and the same rows in the README. */
import { OnesheetError } from "../src/base/errors.ts";
import { markdownRow, table } from "../src/report/table.ts";
import type { Figure } from "./bench.ts";

const HEAD = ["", "ours", "PyTorch", "unit", "ours/PyTorch", "spread", "pairs"];

const three = (x: number | undefined): string => x === undefined ? "-" : x.toPrecision(3);
const two = (x: number): string => x.toFixed(2);

/** A figure as cells. */
const cells = ({ name, unit, ours, peer, ratio, spread, pairs }: Figure): string[] => [
  name,
  three(ours),
  three(peer),
  unit,
  ratio === undefined ? "-" : two(ratio),
  spread === undefined ? "-" : spread.map(two).join("–"),
  `${pairs}`,
];

/** For the terminal. */
export const figuresTable = (figures: readonly Figure[]): string =>
  table({ head: HEAD, rows: figures.map(cells) });

const nameOf = (line: string): string => line.split("|")[1].trim();

/** The text between two markers, replaced. */
export function between(text: string, name: string, change: (inside: string) => string): string {
  const [open, close] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  const start = text.indexOf(open), end = text.indexOf(close);
  if (start < 0 || end < start) {
    throw new OnesheetError(
      `Cannot write the table: expected the markers ${open.trim()} and ${close}, found none`,
    );
  }
  const from = start + open.length;
  return text.slice(0, from) + change(text.slice(from, end)) + text.slice(end);
}

/** The README with these figures in a section's table; rows of other figures stay. */
export const withFigures = (readme: string, figures: readonly Figure[], section = "table"): string =>
  between(readme, section, (inside) => {
    const old = inside.split("\n").filter((line) => line.startsWith("|")).slice(2);
    const rows = new Map([...old.map((line) => [nameOf(line), line] as const)]);
    for (const figure of figures) rows.set(figure.name, markdownRow(cells(figure)));
    const rule = HEAD.map((_, i) => i === 0 || i === 3 ? "---" : "---:");
    return `\n${[markdownRow(HEAD), markdownRow(rule), ...rows.values()].join("\n")}\n\n`;
  });
