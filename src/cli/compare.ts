/** `compare`: trains several systems on one split and prints one table. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { didYouMean, OnesheetError } from "../base/errors.ts";
import { comparisonTable, publishedTable } from "../report/comparison.ts";
import { markdown, table } from "../report/table.ts";
import type { Comparison, System } from "../train/comparison.ts";
import { SELF } from "../data/graph.ts";
import { type Trial, trial } from "../train/trial.ts";
import { writeRunFile } from "../train/run.ts";
import type { Command } from "./command.ts";
import { engineOptions, openEngine } from "./engine.ts";
import { interruptible } from "./interrupt.ts";
import type { Parsed } from "./options.ts";
import { demandFolder } from "./output.ts";
import { leaveNetwork, stayOffline } from "./permissions.ts";
import { loadModule, newRunFolder, userPath, withSettings } from "./recipes.ts";
import { bars, showEvent } from "./screen.ts";
import { jsonText, print, tell } from "./terminal.ts";

/** The systems unless given. */
const published = fileURLToPath(new URL("../../recipes/comparison.ts", import.meta.url));

/** Seeds unless given. */
const SEEDS = "1,2,3";

/** What `compare` takes. */
export const compareCommand = {
  name: "compare",
  summary: "Trains systems on one data set and one split and prints a table of their scores.\n\n" +
    "Every other row of the validation side chooses each system's epoch, the rest judge it.",
  positionals: {
    comparison: { help: "a file of systems; recipes/comparison.ts unless given", required: false },
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
      help: "which films are joined, for systems on graphs; they are left out unless given",
    },
    systems: { kind: "string", placeholder: "NAMES", help: "some of the systems, such as gmu,mmbt" },
    seeds: { kind: "string", placeholder: "N,N…", help: `a training each; ${SEEDS} unless given` },
    weights: { kind: "string", oneOf: ["hub", "random"], help: "what all start from; hub unless given" },
    ...engineOptions,
    epochs: { kind: "count", placeholder: "N", help: "train this many epochs" },
    limit: { kind: "count", placeholder: "N", help: "use only the first N rows of each side of the split" },
    set: {
      kind: "string",
      placeholder: "path=value",
      repeat: true,
      help: "change a setting of every recipe",
    },
    out: {
      kind: "string",
      placeholder: "DIR",
      help: "a folder of runs, gone on with where it is; runs/compare-<time> unless given",
    },
    json: { kind: "boolean", help: "print the trials for programs" },
  },
  examples: [
    "deno task compare --data mmimdb/ --systems bert-text,mmimdb --seeds 1,2,3",
    "deno task compare recipes/comparison_small.ts --data mmimdb/ --out runs/compared",
  ],
} as const satisfies Command;

type Options = Parsed<typeof compareCommand>["options"];

/** The systems of a file. */
async function loadComparison(path: string): Promise<Comparison> {
  const loaded = await loadModule(path, "comparison");
  if (typeof loaded === "object" && loaded !== null && "systems" in loaded) return loaded as Comparison;
  throw new OnesheetError(
    `Cannot load the comparison "${path}": expected one as its default export; end the file with ` +
      "`export default comparison([ … ])`",
  );
}

/** The systems that were named, in the file's order. */
function chosen(all: readonly System[], names: string | undefined): readonly System[] {
  if (names === undefined) return all;
  const known = all.map(({ name }) => name), wanted = names.split(",");
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
  const seeds = text.split(",").map(Number);
  if (seeds.every((seed) => Number.isInteger(seed) && seed >= 0)) return seeds;
  throw new OnesheetError(`Cannot use --seeds ${text}: expected whole numbers, such as ${SEEDS}`, {
    exitCode: 2,
  });
}

/** Whether a system's data is a graph whose edges are still to be named. */
const wantsEdges = ({ recipe }: System): boolean => recipe.data.options.edges === "";

const prepared = (system: System, seed: number, { set, epochs, edges }: Options): System => ({
  ...system,
  recipe: withSettings(system.recipe, [
    ...wantsEdges(system) && edges !== undefined
      ? [`data.edges=${edges === SELF ? edges : userPath(edges)}`]
      : [],
    ...set,
    ...(epochs === undefined ? [] : [`epochs=${epochs}`]),
    `seed=${seed}`,
  ]),
});

/** The tables, in words for a terminal or in Markdown. */
function report(trials: readonly Trial[], systems: readonly System[], form: typeof table): string {
  const [{ rows: { train, validation, test } }] = trials;
  const reported = systems.flatMap(({ name, reported }) => reported ? [{ system: name, ...reported }] : []);
  return [
    `On ${test} test rows; ${train} rows taught and ${validation} chose each system's epoch. ` +
    "macro-F1 is over all labels, “supported” over those that a test row has; ± is the standard deviation over seeds.",
    form(comparisonTable(trials)),
    ...reported.length === 0 ? [] : [
      "Published, on MM-IMDb and on other splits and label sets: not to be compared with the table above.",
      form(publishedTable(reported)),
    ],
  ].join("\n\n");
}

/** Runs the command; gives its exit code. */
export async function compare({ positionals, options }: Parsed<typeof compareCommand>): Promise<number> {
  stayOffline();
  const { systems: all } = await loadComparison(positionals.comparison ?? published);
  const named = chosen(all, options.systems), seeds = seedsOf(options.seeds ?? SEEDS);
  const systems = named.filter((system) => options.edges !== undefined || !wantsEdges(system));
  const asked = seeds.flatMap((seed) => systems.map((system) => prepared(system, seed, options)));
  const out = options.out ? userPath(options.out) : newRunFolder("compare");
  await demandFolder(out);
  const { engine } = await openEngine(options);
  using interrupt = interruptible();
  const show = bars();
  for (const { name } of named.filter((system) => !systems.includes(system))) {
    tell(`${name} is left out: it needs --edges`);
  }
  const trials: Trial[] = [];
  const { data, limit, weights } = options;
  for (const [i, system] of asked.entries()) {
    const { name, recipe } = system;
    tell(`${name}, seed ${recipe.seed} (${i + 1} of ${asked.length})`);
    const found = await trial(system, join(out, `${name}-seed${recipe.seed}`), {
      engine,
      signal: interrupt.signal,
      tell,
      onProgress: show.show,
      onEvent: (event) => {
        interrupt.watch();
        showEvent(event, show);
      },
      ...(i === asked.length - 1 && { onReady: leaveNetwork }),
      ...(data !== undefined && { data: userPath(data) }),
      ...(limit !== undefined && { limit }),
      ...(weights !== undefined && { weights }),
    });
    if (found === undefined) {
      tell(`stopped; --out ${out} goes on from here`);
      return interrupt.exitCode;
    }
    trials.push(found);
    await writeRunFile(join(out, "comparison.md"), report(trials, systems, markdown) + "\n");
  }
  const ordered = systems.flatMap(({ name }) => trials.filter(({ system }) => system === name));
  await writeRunFile(join(out, "comparison.json"), JSON.stringify(ordered, null, 2) + "\n");
  await writeRunFile(join(out, "comparison.md"), report(ordered, systems, markdown) + "\n");
  print(options.json ? jsonText(ordered, 2) : report(ordered, systems, table));
  tell(`runs and tables: ${out}`);
  return 0;
}
