/** `deno task fuzz`: random configurations of the building blocks against the libraries that define them. */
import { didYouMean, messageOf, OnesheetError } from "../../src/base/errors.ts";
import { type Command, helpText } from "../../src/cli/command.ts";
import { parseCommand } from "../../src/cli/options.ts";
import { portable } from "../../src/engine/portable.ts";
import { locate } from "../../src/engine/setup.ts";
import { tensorflow } from "../../src/engine/tensorflow.ts";
import type { Engine } from "../../src/tensor.ts";
import { hasPackages } from "../../bench/python.ts";
import type { Area } from "./area.ts";
import { areas } from "./areas.ts";
import { writePage } from "./page.ts";
import { openPython, writeGolden } from "./reference.ts";
import { pasted, shortest, summed, tallyTable } from "./report.ts";
import { fuzz, questionsOf, type Tally } from "./run.ts";

const CASES = 100;

/** The seed of the golden files, and how many questions of each kind they hold. */
export const GOLDEN = { seed: "golden", ofEachKind: 2 } as const;

const command = {
  name: "fuzz",
  summary:
    "Asks the building blocks and their references random questions, and counts where the answers differ.\n\n" +
    areas.map(({ name, against }) => `  ${name.padEnd(10)} against ${against}`).join("\n"),
  positionals: { areas: { help: "which; all unless given", required: false, repeat: true } },
  options: {
    seed: {
      kind: "string",
      placeholder: "N,N…",
      help: "the same questions again; a seed that is drawn and printed unless given",
    },
    cases: {
      kind: "count",
      placeholder: "N",
      help: `questions of each area and seed; ${CASES} unless given`,
    },
    engine: { kind: "string", oneOf: ["tensorflow", "portable"], help: "one of them; both unless given" },
    python: {
      kind: "string",
      placeholder: "PATH",
      help: "a Python with the references; python3 unless given",
    },
    goldens: { kind: "boolean", help: "write the answers that the tests compare with" },
    write: { kind: "boolean", help: "write the table of docs/FIDELITY.md" },
  },
  examples: ["deno task fuzz", "deno task fuzz layers losses --seed 7 --cases 500 --python fuzz/bin/python"],
} as const satisfies Command;

/** The areas of these names; all of them where none is given. */
function chosen(names: readonly string[]): readonly Area[] {
  const known = areas.map(({ name }) => name), stranger = names.find((name) => !known.includes(name));
  if (stranger === undefined) {
    return names.length === 0 ? areas : areas.filter(({ name }) => names.includes(name));
  }
  throw new OnesheetError(
    `Cannot fuzz "${stranger}": expected one of ${known.join(", ")}${didYouMean(stranger, known)}`,
    { exitCode: 2 },
  );
}

/** Opens the engines: the named one, or both. */
async function enginesOf(name: "tensorflow" | "portable" | undefined): Promise<Engine[]> {
  const files = name === "portable" ? undefined : locate();
  if (name !== "portable" && files === undefined) {
    throw new OnesheetError(
      "Cannot fuzz the tensorflow engine: libtensorflow is not set up; run deno task setup, or give --engine portable",
    );
  }
  return [...files ? [tensorflow(files)] : [], ...name === "tensorflow" ? [] : [await portable()]];
}

/** Refuses a Python that lacks what the areas' references import. */
async function demandPackages(python: string, wanted: readonly Area[]): Promise<void> {
  const packages = [...new Set(wanted.flatMap((area) => area.packages))];
  if (await hasPackages(python, packages)) return;
  throw new OnesheetError(
    `Cannot fuzz with ${python}: expected a Python with ${packages.join(", ")}; get one with ` +
      `python3 -m venv fuzz && fuzz/bin/pip install torch torchvision transformers scikit-learn "pillow<13" pyarrow ` +
      "safetensors, then --python fuzz/bin/python",
    { exitCode: 2 },
  );
}

/** Runs the command; gives its exit code: 0 when every answer holds. */
async function main(args: readonly string[]): Promise<number> {
  const parsed = parseCommand(command, args);
  if (parsed === "help") {
    console.log(helpText(command));
    return 0;
  }
  const { positionals, options: { seed, cases = CASES, engine, python = "python3", goldens, write } } =
    parsed;
  const wanted = chosen(positionals.areas),
    seeds = seed?.split(",") ?? [`${crypto.getRandomValues(new Uint32Array(1))[0]}`];
  if (write && wanted.length < areas.length) {
    throw new OnesheetError("Cannot write the table of some areas alone: leave them out", { exitCode: 2 });
  }
  await demandPackages(python, wanted);
  await using reference = openPython(python);
  if (goldens) {
    for (const area of wanted) {
      const count = GOLDEN.ofEachKind * Object.keys(area.kinds).length;
      await writeGolden(area, GOLDEN.seed, questionsOf(area, GOLDEN.seed, count), reference);
    }
    return 0;
  }
  const engines = await enginesOf(engine);
  const tallies: Tally[] = [];
  for (const seed of seeds) {
    for (const area of wanted) {
      console.error(`${area.name}, seed ${seed}`);
      tallies.push(...await fuzz(area, questionsOf(area, seed, cases), reference, engines));
    }
  }
  const all = summed(tallies), failures = all.flatMap((tally) => tally.failures);
  for (const failure of shortest(all)) console.log(`${pasted(failure)}\n`);
  const count = all.reduce((sum, tally) => sum + tally.cases, 0);
  console.log(tallyTable(all));
  console.log(`\n${count.toLocaleString("en")} answers, ${failures.length} failed; seeds ${seeds.join(",")}`);
  if (write) await writePage(all, seeds);
  return failures.length === 0 ? 0 : 1;
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    console.error(messageOf(error));
    Deno.exit(error instanceof OnesheetError ? error.exitCode : 1);
  }
}
