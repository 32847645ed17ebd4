/** `deno task bench`: every figure of the README with its PyTorch peer. */
import { fileURLToPath } from "node:url";
import { didYouMean, OnesheetError } from "../src/base/errors.ts";
import { writeFileWhole } from "../src/base/files.ts";
import type { Command } from "../src/cli/command.ts";
import type { Parsed } from "../src/cli/options.ts";
import { ending, runCommand } from "../src/cli/running.ts";
import { type Bench, benchEngines, type Figure } from "./bench.ts";
import { dataBench } from "./data.ts";
import { evalBench } from "./eval.ts";
import { memoryBench } from "./memory.ts";
import { profileBench } from "./profile.ts";
import { peerPython, wayToPeer } from "./python.ts";
import { figuresTable, withFigures } from "./report.ts";
import { startBench } from "./start.ts";
import { scalingBench } from "./scaling.ts";
import { loadBench } from "./serve.ts";
import { stepBench } from "./step.ts";
import { tokensBench } from "./tokens.ts";

const figures: readonly Bench[] = [
  ...[stepBench(), evalBench(), memoryBench(), startBench],
  ...[dataBench, tokensBench, scalingBench],
];
const benches: readonly Bench[] = [...figures, loadBench, profileBench()];

const PAIRS = 5;

const command = {
  name: "bench",
  summary: `Measures against PyTorch in pairs, in turns.\n\n${
    benches.map(({ name, about }) => `  ${name.padEnd(8)} ${about}`).join("\n")
  }`,
  positionals: { benches: { help: "which; all unless given", required: false, repeat: true } },
  options: {
    json: { kind: "boolean", help: "print [{name, unit, ours, peer, ratio, spread, pairs}]" },
    pairs: { kind: "count", placeholder: "N", help: `pairs of each figure; ${PAIRS} unless given` },
    python: { kind: "string", placeholder: "PATH", help: "a Python with PyTorch; python3 unless given" },
    engine: { kind: "string", oneOf: benchEngines, help: "where both sides run; cpu unless given" },
    write: { kind: "boolean", help: "put the figures into bench/README.md" },
  },
  examples: ["deno task bench step eval --python peer/bin/python", "deno task bench step --engine cuda"],
} as const satisfies Command;

/** The benches of these names; all that give figures without any. */
function named(names: readonly string[]): readonly Bench[] {
  if (names.length === 0) return figures;
  const known = benches.map(({ name }) => name);
  return names.map((name) => {
    const bench = benches.find((bench) => bench.name === name);
    if (bench !== undefined) return bench;
    throw new OnesheetError(
      `Cannot bench "${name}": expected one of ${known.join(", ")}${didYouMean(name, known)}`,
      { exitCode: 2 },
    );
  });
}

/** Keeps a bench's figures in the README, and its picture beside it. */
async function write({ section, picture }: Bench, figures: readonly Figure[]): Promise<void> {
  const fileOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const readme = fileOf("README.md");
  await writeFileWhole(readme, withFigures(await Deno.readTextFile(readme), figures, section));
  if (picture) await writeFileWhole(fileOf(picture.file), picture.draw(figures));
}

async function run({ positionals, options }: Parsed<typeof command>): Promise<number> {
  const chosen = named(positionals.benches);
  const pairs = options.pairs ?? PAIRS;
  if (pairs < 1) {
    throw new OnesheetError("Cannot bench: expected --pairs of at least 1, found 0", { exitCode: 2 });
  }
  const onNote = (text: string) => console.error(text);
  const python = await peerPython(options.python);
  if (python === undefined) onNote(`ours alone, because python3 has no PyTorch; for the peer: ${wayToPeer}`);
  const found: Figure[] = [];
  for (const bench of chosen) {
    onNote(`${bench.name}: ${bench.about}`);
    const { engine = "cpu" } = options;
    const figures = await bench.run({ pairs, engine, onNote, ...(python !== undefined && { python }) });
    if (options.write && figures.length > 0) await write(bench, figures);
    found.push(...figures);
  }
  if (options.json) console.log(JSON.stringify(found, null, 2));
  else if (found.length > 0) console.log(figuresTable(found));
  return 0;
}

/** Runs a command line; gives the exit code. */
export const main = (args: readonly string[]): Promise<number> =>
  ending(() => runCommand(command, args, run));

if (import.meta.main) Deno.exit(await main(Deno.args));
