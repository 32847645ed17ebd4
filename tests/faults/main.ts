/** `deno task faults`: breaks a run in every way that can be thought of, and counts what was lost. */
import { fileURLToPath } from "node:url";
import { didYouMean, OnesheetError } from "../../src/base/errors.ts";
import { writeFileWhole } from "../../src/base/files.ts";
import type { Command } from "../../src/cli/command.ts";
import type { Parsed } from "../../src/cli/options.ts";
import { ending, runCommand } from "../../src/cli/running.ts";
import { table } from "../../src/report/table.ts";
import type { Campaign, Tally } from "./campaign.ts";
import { data } from "./data.ts";
import { ffi } from "./ffi.ts";
import { hub } from "./hub.ts";
import { long } from "./long.ts";
import { written } from "./page.ts";
import { resume } from "./resume.ts";
import { safetensors } from "./safetensors.ts";
import { storage } from "./storage.ts";

/** In the order of the page. */
const campaigns: readonly Campaign[] = [resume, storage, data, hub, safetensors, ffi, long];

const page = fileURLToPath(new URL("../../docs/RELIABILITY.md", import.meta.url));

const command = {
  name: "faults",
  summary: "Breaks a run in many ways and counts what was lost.",
  positionals: {
    name: {
      help: `${campaigns.map(({ name }) => name).join(", ")}. Default: all`,
      required: false,
      repeat: true,
    },
  },
  options: {
    quick: { kind: "boolean", help: "the few faults that the test suite injects" },
    write: { kind: "boolean", help: "write what was found into docs/RELIABILITY.md" },
  },
  examples: ["deno task faults", "deno task faults hub storage --quick"],
} as const satisfies Command;

/** The campaigns of these names; all of them where none is given. */
function chosen(names: readonly string[]): readonly Campaign[] {
  const known = campaigns.map(({ name }) => name);
  const stranger = names.find((name) => !known.includes(name));
  if (stranger !== undefined) {
    throw new OnesheetError(
      `Cannot run the campaign "${stranger}": expected one of ${known.join(", ")}${
        didYouMean(stranger, known)
      }`,
      { exitCode: 2 },
    );
  }
  return names.length === 0 ? campaigns : campaigns.filter(({ name }) => names.includes(name));
}

async function write(found: readonly (readonly [Campaign, Tally])[]): Promise<void> {
  const text = found.reduce(
    (text, [campaign, tally]) => written(text, campaign, tally),
    await Deno.readTextFile(page),
  );
  await writeFileWhole(page, text);
  const { success } = await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", page] }).output();
  if (!success) throw new OnesheetError(`Cannot format "${page}": run deno fmt to see why`);
}

/** Runs the command; gives its exit code: 0 when nothing was lost. */
async function faults({ positionals, options }: Parsed<typeof command>): Promise<number> {
  const { quick, write: writes } = options;
  if (quick && writes) {
    throw new OnesheetError("Cannot write the page of a quick run: leave --quick out", { exitCode: 2 });
  }
  const found: [Campaign, Tally][] = [];
  for (const campaign of chosen(positionals.name)) {
    const note = (line: string) => console.error(`${campaign.name}: ${line}`);
    found.push([campaign, await campaign.run(quick ? "quick" : "full", note)]);
  }
  for (const [{ name }, { details }] of found) console.log(`${name}\n  ${details.join("\n  ")}\n`);
  const rows = found.map((
    [{ name }, { injected, survived, lost }],
  ) => [name, `${injected}`, `${survived}`, `${lost}`]);
  console.log(table({ head: ["campaign", "injected", "survived", "lost"], rows }));
  if (writes) await write(found);
  return found.every(([_, { lost }]) => lost === 0) ? 0 : 1;
}

if (import.meta.main) Deno.exit(await ending(() => runCommand(command, Deno.args, faults)));
