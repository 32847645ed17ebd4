/** `compare`: trains several systems on one split and prints one table. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { didYouMean, messageOf, OnesheetError } from "../base/errors.ts";
import { show as showValue } from "../base/json.ts";
import { comparisonText, type FailedTrial, type PublishedScores } from "../report/comparison.ts";
import { markdown, table } from "../report/table.ts";
import type { System } from "../train/comparison.ts";
import { SELF } from "../data/graph.ts";
import { demandSameTrial, type Trial, trial, type TrialOptions } from "../train/trial.ts";
import { writeRunFile } from "../train/run.ts";
import type { Command } from "./command.ts";
import { engineOptions, openEngine } from "./engine.ts";
import { interruptible } from "./interrupt.ts";
import { listOf } from "./list.ts";
import type { Parsed } from "./options.ts";
import { demandFolder } from "./output.ts";
import { leaveNetwork, stayOffline } from "./permissions.ts";
import { moduleDigest } from "./module_digest.ts";
import { loadComparison, newRunFolder, userPath, withSettings } from "./recipes.ts";
import { bars, showEvent } from "./screen.ts";
import { jsonText, print, tell } from "./terminal.ts";
import { noteTrained } from "./trust.ts";

/** The default comparison. */
const defaultFile = fileURLToPath(new URL("../../recipes/comparison.ts", import.meta.url));

/** The default seeds. */
const SEEDS = "1,2,3";

/** What `compare` takes. */
export const compareCommand = {
  name: "compare",
  summary: "Trains systems on one data set and one split and prints a table of their scores.\n\n" +
    "Every other row of the validation side chooses each system's epoch, the rest judge it.",
  positionals: {
    comparison: { help: "a file of systems. Default: recipes/comparison.ts", required: false },
  },
  options: {
    data: {
      kind: "string",
      placeholder: "DIR",
      help: "data in the sources' file layout; fetched unless given",
    },
    edges: {
      kind: "string",
      placeholder: "FILE|self",
      help: "graph edges, for systems on graphs; without them these are skipped",
    },
    systems: { kind: "string", placeholder: "NAMES", help: "some of the systems, such as gmu,mmbt" },
    seeds: { kind: "string", placeholder: "N,N…", help: `one training each. Default: ${SEEDS}` },
    weights: { kind: "string", oneOf: ["hub", "random"], help: "what all start from. Default: hub" },
    ...engineOptions,
    epochs: { kind: "count", placeholder: "N", help: "train this many epochs" },
    limit: {
      kind: "count",
      least: 1,
      placeholder: "N",
      help: "use only the first N rows of each side of the split",
    },
    set: {
      kind: "string",
      placeholder: "path=value",
      repeat: true,
      help: "change a setting of every recipe",
    },
    out: {
      kind: "string",
      placeholder: "DIR",
      help: "a folder of runs, resumed if it is there. Default: runs/compare-<time>",
    },
    json: { kind: "boolean", help: "print the trials for programs" },
  },
  examples: [
    "deno task compare --data mmimdb/ --systems bert-text,mmimdb --seeds 1,2,3",
    "deno task compare recipes/comparison_small.ts --data mmimdb/ --out runs/compared",
  ],
} as const satisfies Command;

type Options = Parsed<typeof compareCommand>["options"];

/** The systems that were named, in the file's order. */
function chosen(all: readonly System[], names: string | undefined): readonly System[] {
  if (names === undefined) return all;
  const known = all.map(({ name }) => name), wanted = listOf("systems", names);
  for (const name of wanted) {
    if (known.includes(name)) continue;
    throw new OnesheetError(
      `Cannot compare "${name}": expected some of ${known.join(", ")}${didYouMean(name, known)}`,
      { exitCode: 2 },
    );
  }
  return all.filter(({ name }) => wanted.includes(name));
}

function seedsOf(text: string): number[] {
  const seeds = listOf("seeds", text).map((item) => {
    if (/^\d+$/.test(item) && Number.isSafeInteger(Number(item))) return Number(item);
    throw new OnesheetError(
      `Cannot use --seeds: expected whole numbers, such as ${SEEDS}, found ${showValue(item)}`,
      { exitCode: 2 },
    );
  });
  const repeated = seeds.find((seed, i) => seeds.indexOf(seed) < i);
  if (repeated === undefined) return seeds;
  throw new OnesheetError(`Cannot use --seeds: expected each seed once, found ${repeated} twice`, {
    exitCode: 2,
  });
}

/** Whether a system's data is a graph whose edges are still to be named. */
const wantsEdges = ({ recipe }: System): boolean => recipe.data.options.edges === "";

/** What is changed in a system's recipe, as `--set` takes it. */
const settingsOf = (system: System, seed: number, { set, epochs, edges }: Options): string[] => [
  ...wantsEdges(system) && edges !== undefined
    ? [`data.edges=${edges === SELF ? edges : userPath(edges)}`]
    : [],
  ...set,
  ...(epochs === undefined ? [] : [`epochs=${epochs}`]),
  `seed=${seed}`,
];

/** A system with one of the seeds. */
interface Asked {
  readonly system: System;
  readonly seed: number;
  readonly folder: string;
  readonly options: TrialOptions;
}

/** System by system, each with its seeds. */
const inOrder = <T extends { readonly system: string }>(systems: readonly System[], all: readonly T[]): T[] =>
  systems.flatMap(({ name }) => all.filter(({ system }) => system === name));

/** Writes `comparison.json` and `comparison.md` once a trial is done. */
async function writeTables(
  out: string,
  systems: readonly System[],
  outcomes: readonly (Trial | FailedTrial)[],
  published: readonly PublishedScores[],
): Promise<void> {
  if (outcomes.every((outcome) => "error" in outcome)) return;
  const ordered = inOrder(systems, outcomes);
  await writeRunFile(join(out, "comparison.json"), JSON.stringify(ordered, null, 2) + "\n");
  await writeRunFile(join(out, "comparison.md"), comparisonText(ordered, published, markdown) + "\n");
}

/** Runs the command; gives its exit code. */
export async function compare({ positionals, options }: Parsed<typeof compareCommand>): Promise<number> {
  stayOffline();
  const file = positionals.comparison ?? defaultFile, module = userPath(file);
  const { systems: all } = await loadComparison(file);
  const named = chosen(all, options.systems), seeds = seedsOf(options.seeds ?? SEEDS);
  const systems = named.filter((system) => options.edges !== undefined || !wantsEdges(system));
  const out = options.out ? userPath(options.out) : newRunFolder("compare");
  await demandFolder(out);
  const code = await moduleDigest(module);
  const { engine } = await openEngine(options);
  using interrupt = interruptible();
  const bar = bars();
  for (const { name } of named.filter((system) => !systems.includes(system))) {
    tell(`${name} is skipped: it needs --edges`);
  }
  const { data, limit, weights } = options;
  const asked = seeds.flatMap((seed) =>
    systems.map((system): Asked => {
      const settings = settingsOf(system, seed, options);
      return {
        system: { ...system, recipe: withSettings(system.recipe, settings) },
        seed,
        folder: join(out, `${system.name}-seed${seed}`),
        options: {
          engine,
          from: { module, settings, code },
          signal: interrupt.signal,
          tell,
          onProgress: bar.show,
          onEvent: (event) => {
            interrupt.watch();
            showEvent(event, bar);
          },
          ...(data !== undefined && { data: userPath(data) }),
          ...(limit !== undefined && { limit }),
          ...(weights !== undefined && { weights }),
        },
      };
    })
  );
  for (const { system, folder, options } of asked) await demandSameTrial(system, folder, options);
  const outcomes: (Trial | FailedTrial)[] = [];
  const errors: unknown[] = [];
  const published = systems.flatMap(({ name, reported }) => reported ? [{ system: name, ...reported }] : []);
  for (const [i, { system, seed, folder, options }] of asked.entries()) {
    const { name } = system;
    tell(`${name}, seed ${seed} (${i + 1} of ${asked.length})`);
    const onReady = () => {
      noteTrained(module);
      if (i === asked.length - 1) leaveNetwork();
    };
    try {
      const found = await trial(system, folder, { ...options, onReady });
      if (found === undefined) {
        tell(`stopped; --out ${out} resumes from here`);
        return interrupt.exitCode;
      }
      outcomes.push(found);
    } catch (error) {
      errors.push(error);
      outcomes.push({ system: name, seed, error: messageOf(error) });
      tell(`${name}, seed ${seed} failed: ${messageOf(error)}`);
    }
    await writeTables(out, systems, outcomes, published);
  }
  const reasons = new Set(errors.map(messageOf));
  if (errors.length === outcomes.length && reasons.size === 1) throw errors[0];
  const ordered = inOrder(systems, outcomes);
  print(options.json ? jsonText(ordered, 2) : comparisonText(ordered, published, table));
  tell(`runs and tables: ${out}`);
  return errors.length === 0 ? 0 : 1;
}
