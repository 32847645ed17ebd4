/** The section of docs/FIDELITY.md: what random questions came to. */
import { fileURLToPath } from "node:url";
import { OnesheetError } from "../../src/base/errors.ts";
import { writeFileWhole } from "../../src/base/files.ts";
import { markdown } from "../../src/report/table.ts";
import { areas } from "./areas.ts";
import { figure } from "./report.ts";
import type { Tally } from "./run.ts";

const BEGIN = "<!-- random questions: `deno task fuzz --write` writes from here -->",
  END = "<!-- end of random questions -->";

const page = fileURLToPath(new URL("../../docs/FIDELITY.md", import.meta.url));

/** The section's text: a row for each kind, with the worst deviation on either engine or of both. */
export function section(tallies: readonly Tally[], seeds: readonly string[]): string {
  const kinds = Map.groupBy(tallies, ({ area, kind }) => `${area} ${kind}`);
  const rows = [...kinds.values()].map((found) => {
    const worst = ["tensorflow", "portable"].map((engine) => {
      const on = found.find((tally) => tally.engine === engine) ??
        found.find((tally) => tally.engine === "-");
      return on === undefined ? "" : figure(on.worst);
    });
    const [{ area, kind }] = found, limit = figure(areas.find(({ name }) => name === area)!.limit);
    const [cases, failed] = [
      found.reduce((sum, tally) => sum + tally.cases, 0),
      found.reduce((sum, tally) => sum + tally.failures.length, 0),
    ];
    return [`${area} ${kind}`, `${cases}`, ...worst, limit, `${failed}`];
  });
  const head = ["kind", "answers", "worst on tensorflow", "worst on wasm", "limit", "failed"];
  const total = tallies.reduce((sum, tally) => sum + tally.cases, 0).toLocaleString("en");
  return `${total} answers; the seeds ${seeds.join(", ")}, which nobody chose.\n\n${
    markdown({ head, rows })
  }`;
}

/** The page with that section. */
export function written(page: string, text: string): string {
  const [head, rest] = page.split(BEGIN), tail = rest.split(END)[1];
  return `${head}${BEGIN}\n\n${text}\n\n${END}${tail}`;
}

/** Writes the section. */
export async function writePage(tallies: readonly Tally[], seeds: readonly string[]): Promise<void> {
  await writeFileWhole(page, written(await Deno.readTextFile(page), section(tallies, seeds)));
  const { success } = await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", page] }).output();
  if (!success) throw new OnesheetError(`Cannot format "${page}": run deno fmt to see why`);
}
