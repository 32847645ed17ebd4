/** `deno task fidelity`: every detail of the published notebook against the references that it ran on. */
import { fileURLToPath } from "node:url";
import { writeFileWhole } from "../../src/base/files.ts";
import { OnesheetError } from "../../src/base/errors.ts";
import { type Command, helpText } from "../../src/cli/command.ts";
import { parseCommand } from "../../src/cli/options.ts";
import { userPath } from "../../src/cli/recipes.ts";
import { ending } from "../../src/cli/running.ts";
import { chooseEngine, engineNames } from "../../src/engine/choose.ts";
import { table } from "../../src/report/table.ts";
import { type Check, holds } from "./check.ts";
import { committed } from "./films.ts";
import { written } from "./page.ts";
import { areas, figure, found, measure, type Section } from "./report.ts";

const command = {
  name: "fidelity",
  summary:
    "Measures every detail of the published notebook against PyTorch, transformers, torchvision and others.",
  positionals: {
    area: { help: `one of ${Object.keys(areas).join(", ")}; all unless given`, required: false },
  },
  options: {
    full: {
      kind: "string",
      placeholder: "DIR",
      help: "full-size goldens: tests/golden/mini/make.py --size full",
    },
    bert: {
      kind: "string",
      placeholder: "DIR",
      help: "a pretrained BERT, prepared by tests/golden/bert/make.py",
    },
    engine: { kind: "string", oneOf: engineNames, help: "where it runs; auto unless given" },
    write: { kind: "boolean", help: "write the tables of docs/FIDELITY.md" },
    json: { kind: "boolean", help: "for programs" },
  },
  examples: ["deno task fidelity", "deno task fidelity pixels", "deno task fidelity --full golden/ --write"],
} as const satisfies Command;

/** The page with the tables. */
export const page: string = fileURLToPath(new URL("../../docs/FIDELITY.md", import.meta.url));

/** The beginning of a text that is too long for a terminal; the page and `--json` have all of it. */
const short = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;

const rows = ({ area, checks }: Section): string[][] =>
  checks.map((check) => [
    area,
    short(check.detail, 72),
    short(check.against, 36),
    found(check),
    figure(check.limit),
    check.unit,
    check.difference === undefined ? "" : holds(check) ? "ok" : "MISS",
  ]);

/** How many details there are, and which options would measure those that were not. */
function summary(checks: readonly Check[]): string {
  const missed = checks.filter((check) => !holds(check)).length;
  const open = checks.flatMap(({ needs }) => needs ?? []);
  const options = open.length > 0 ? ` (for want of ${[...new Set(open)].join(", ")})` : "";
  return `${checks.length} details, ${missed} missed, ${open.length} not run${options}`;
}

async function write(sections: readonly Section[]): Promise<void> {
  await writeFileWhole(page, written(await Deno.readTextFile(page), sections));
  const { success } = await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", page] }).output();
  if (!success) throw new OnesheetError(`Cannot format "${page}": run deno fmt to see why`);
}

/** Runs the command on the goldens of a folder; gives its exit code: 0 when every detail holds. */
export async function fidelity(args: readonly string[], goldens = committed): Promise<number> {
  const parsed = parseCommand(command, args);
  if (parsed === "help") {
    console.log(helpText(command));
    return 0;
  }
  const { positionals: { area }, options: { full, bert, engine = "auto", write: writes, json } } = parsed;
  if (writes && area !== undefined) {
    throw new OnesheetError("Cannot write the page of one area alone: leave the area out", { exitCode: 2 });
  }
  const context = {
    goldens,
    engine: async () => (await chooseEngine(engine)).engine,
    ...(full !== undefined && { full: userPath(full) }),
    ...(bert !== undefined && { bert: userPath(bert) }),
  };
  const sections = await measure(context, area, (area) => console.error(area));
  const checks = sections.flatMap((section) => section.checks);
  if (json) console.log(JSON.stringify(sections, null, 2));
  else {
    const head = ["area", "detail", "against", "found", "limit", "unit", ""];
    console.log(`${table({ head, rows: sections.flatMap(rows) })}\n\n${summary(checks)}`);
  }
  if (writes) await write(sections);
  return checks.every(holds) ? 0 : 1;
}

if (import.meta.main) Deno.exit(await ending(() => fidelity(Deno.args)));
