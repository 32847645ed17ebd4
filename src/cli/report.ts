/** `report`: the page of a run, or one page that compares several. */
import { basename, join } from "node:path";
import { OnesheetError } from "../base/errors.ts";
import { writeFileWhole } from "../base/files.ts";
import { runsPage } from "../report/runs_page.ts";
import { readRecord, runFiles } from "../train/run.ts";
import type { Command } from "./command.ts";
import type { Parsed } from "./options.ts";
import { demandWritable, writeOutput } from "./output.ts";
import { userPath } from "./recipes.ts";
import { readReported, writeReport } from "./reported.ts";
import { print } from "./terminal.ts";

/** What `report` takes. */
export const reportCommand = {
  name: "report",
  summary: "Writes the report of a run, or one page that compares several.",
  positionals: { run: { help: "run folders", required: true, repeat: true } },
  options: {
    out: {
      kind: "string",
      placeholder: "FILE",
      help: "the page that compares; runs/comparison.html unless given",
    },
  },
  examples: [
    "deno task report runs/quickstart-20260101-120000",
    "deno task report runs/first runs/second --out runs/first-or-second.html",
  ],
} as const satisfies Command;

/** Runs the command; gives its exit code. */
export async function report({ positionals, options }: Parsed<typeof reportCommand>): Promise<number> {
  const folders = positionals.run.map(userPath);
  const several = folders.length > 1;
  if (!several && options.out !== undefined) {
    throw new OnesheetError(
      `Cannot use --out with one run: its report is report.html in "${positionals.run[0]}"`,
      { exitCode: 2 },
    );
  }
  for (const folder of folders) await readRecord(folder);
  const out = several
    ? userPath(options.out ?? join("runs", "comparison.html"))
    : runFiles(folders[0]).report;
  await demandWritable(out);
  if (several) {
    const runs = [];
    for (const folder of folders) runs.push(await readReported(folder));
    const names = runs.map(({ name }) => name);
    // Folders of the same name are told apart by the one they are in.
    const own = runs.map((run, i) =>
      names.filter((name) => name === run.name).length === 1
        ? run
        : { ...run, name: `${basename(join(folders[i], ".."))}/${run.name}` }
    );
    const page = await runsPage(own);
    await writeOutput(out, () => writeFileWhole(out, page));
  } else await writeReport(folders[0], "write the report of a copy of the run");
  print(out);
  return 0;
}
