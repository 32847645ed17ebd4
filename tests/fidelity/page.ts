/** The tables of docs/FIDELITY.md: written from what the checks found, read again to see whether they still say so. */
import type { Check } from "./check.ts";
import { figure, found, type Section } from "./report.ts";

const BEGIN = "<!-- tables: `deno task fidelity --write` writes from here -->", END = "<!-- to here -->";

/** What an area is about. */
const titles: Readonly<Record<string, string>> = {
  data: "Same data",
  text: "Same text",
  pixels: "Same pixels",
  model: "Same model",
  chance: "Same chances",
  step: "Same step",
  decisions: "Same decisions",
  checkpoints: "Same checkpoints",
  differences: "Differences we know of",
};

const cellsOf = (check: Check): string[] => [
  check.detail,
  check.against,
  check.needs === undefined ? found(check) : `not run (needs ${check.needs})`,
  figure(check.limit),
  check.unit,
];

const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;

const sectionText = ({ area, checks }: Section): string =>
  [
    `### ${titles[area]}`,
    "",
    `Held by \`tests/fidelity/${area}.ts\`.`,
    "",
    row(["detail", "against", "found", "limit", "unit"]),
    row(["---", "---", "---", "---", "---"]),
    ...checks.map((check) => row(cellsOf(check))),
  ].join("\n");

/** The page with its tables written anew. */
export function written(page: string, sections: readonly Section[]): string {
  const [head, rest] = page.split(BEGIN), tail = rest.split(END)[1];
  return `${head}${BEGIN}\n\n${sections.map(sectionText).join("\n\n")}\n\n${END}${tail}`;
}

/** The rows of the page's tables, cell by cell. */
const rowsOf = (page: string): string[][] =>
  page.split(BEGIN)[1].split(END)[0].split("\n")
    .filter((line) =>
      line.startsWith("|") && !/^\|( -+ \||-+\|)+$/.test(line) && !line.startsWith("| detail ")
    )
    .map((line) => line.slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|")));

/**
 * What the page says otherwise than the checks. Figures differ from machine to machine; those of the page count as long as
 * they lie within the limit, and what one has measured another may not have.
 */
export function drift(page: string, sections: readonly Section[]): string[] {
  const known = new Map(rowsOf(page).map((cells) => [cells.slice(0, 2).join("\n"), cells]));
  const checks = sections.flatMap((section) => section.checks);
  const wrong = checks.filter((check) => {
    const cells = known.get([check.detail, check.against].join("\n"));
    if (cells === undefined) return true;
    const [_, __, said, limit, unit] = cells;
    const within = check.limit === 0 && check.difference !== undefined && !said.startsWith("not run")
      ? said === found(check)
      : said.startsWith("not run")
      ? check.needs !== undefined
      : Number(said.replaceAll(",", "")) <= check.limit;
    return !(within && limit === figure(check.limit) && unit === check.unit);
  });
  const surplus = known.size - checks.length;
  return [
    ...wrong.map(({ detail }) => `the page lacks or mistakes "${detail}"`),
    ...surplus > 0 ? [`the page has ${surplus} rows more than there are checks`] : [],
  ];
}
