/** Recipes and runs as the command line names them. */
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { SettingExamples } from "../base/choice.ts";
import { didYouMean, messageOf, OnesheetError } from "../base/errors.ts";
import type { JsonObject } from "../base/json.ts";
import { fromHome } from "../base/user_path.ts";
import { version } from "../base/version.ts";
import type { Comparison } from "../train/comparison.ts";
import { type Recipe, recipe, type RecipeSettings } from "../train/recipe.ts";
import { exists, readRecord, runFiles, type RunRecord } from "../train/run.ts";
import { moduleDigest } from "./module_digest.ts";
import { demandPermission } from "./permissions.ts";
import { restored } from "./restored.ts";
import { applySettings } from "./settings.ts";
import { tell } from "./terminal.ts";
import { demandKnown } from "./trust.ts";

/**
 * A path as the person meant it who typed the command; shells leave the `~` of `--data=~/films` as it stands. One that this
 * process may not read is refused here, before it could be taken for one where nothing is.
 */
export function userPath(path: string): string {
  const whole = resolve(Deno.env.get("INIT_CWD") ?? Deno.cwd(), fromHome(path));
  demandPermission("read", whole);
  return whole;
}

/** The default export of a file, which is a `what` as messages call it. */
export async function loadModule(path: string, what: string): Promise<unknown> {
  const file = userPath(path);
  const there = await Deno.stat(file).catch(() => undefined);
  if (!there?.isFile) {
    const found = there === undefined ? "none" : "a folder that holds no run";
    throw new OnesheetError(`Cannot load the ${what} "${path}": expected a file, found ${found}`, {
      exitCode: 2,
    });
  }
  try {
    const module: { default?: unknown } = await import(pathToFileURL(file).href);
    return module.default;
  } catch (cause) {
    if (cause instanceof OnesheetError) throw cause;
    // What Deno says of a module that it does not find has several lines.
    const why = messageOf(cause).replace(/\s*\n\s*(\d+: )?/g, ": ");
    throw new OnesheetError(`Cannot load the ${what} "${path}": ${why}`, { cause });
  }
}

/** Fields that a recipe may leave out. */
const open: SettingExamples = {
  labels: [26],
  dropLast: [false],
  accumulate: [4],
  clipNorm: [1],
  average: [{ decay: 0.999 }],
  validationLoss: ["mean of rows"],
  stages: [[{ freeze: "image_backbone", epochs: 3 }]],
  groups: [[{ of: "**.bias", weightDecay: 0 }]],
};

/** A recipe with settings changed, those that it leaves out among them, and checked again. */
export const withSettings = (given: Recipe, settings: readonly string[]): Recipe =>
  recipe(applySettings(given, settings, open));

/** The recipe of a system in a file of systems. */
async function recipeOfSystem(path: string, name: string): Promise<Recipe> {
  const { systems } = await loadComparison(path);
  const found = systems.find((system) => system.name === name);
  if (found !== undefined) return found.recipe;
  const names = systems.map(({ name }) => name);
  throw new OnesheetError(
    `Cannot load the system "${name}" of "${path}": expected one of ${names.join(", ")}${
      didYouMean(name, names)
    }; ` +
      "change the file back",
  );
}

/** The systems of a file. */
export async function loadComparison(path: string): Promise<Comparison> {
  const loaded = await loadModule(path, "comparison");
  if (typeof loaded === "object" && loaded !== null && "systems" in loaded) return loaded as Comparison;
  throw new OnesheetError(
    `Cannot load the comparison "${path}": expected one as its default export; end the file with ` +
      "`export default comparison([ … ])`",
  );
}

/** Loads a recipe file's default export and changes settings of it. */
export async function loadRecipe(path: string, settings: readonly string[]): Promise<Recipe> {
  const loaded = await loadModule(path, "recipe");
  if (typeof loaded !== "object" || loaded === null || !("model" in loaded) || !("data" in loaded)) {
    throw new OnesheetError(
      `Cannot load the recipe "${path}": expected a recipe as its default export, found ${
        loaded === undefined ? "no default export" : "something else"
      }; end the file with \`export default recipe({ … })\``,
    );
  }
  return withSettings(recipe(loaded as RecipeSettings), settings);
}

/** A finished or interrupted run: its record and its recipe. */
export interface LoadedRun {
  readonly folder: string;
  readonly record: RunRecord;
  readonly recipe: Recipe;
}

/**
 * A run's recipe: the code of the recipe file `module` with the settings that the run recorded. Says where the file's
 * settings or code have changed since.
 */
export async function recipeOfRun(folder: string, record: RunRecord, module: string): Promise<Recipe> {
  const { system } = record;
  const loaded = system === undefined ? await loadRecipe(module, []) : await recipeOfSystem(module, system);
  const { recipe, changed, lost } = restored(loaded, {
    recipe: record.recipe as JsonObject,
    settings: record.settings ?? [],
    sameVersion: record.onesheet === version,
  });
  if (lost !== undefined) {
    throw new OnesheetError(
      `Cannot use the run "${folder}": its recipe "${module}" has changed, and cannot be as it was: ${lost}; change the ` +
        "file back",
    );
  }
  if (changed !== undefined) {
    tell(`warning: "${module}" has changed since the run began, whose settings are used: ${changed}`);
  }
  if (record.code !== undefined && record.code !== await moduleDigest(userPath(module))) {
    tell(`warning: the code of "${module}", or of a file that it imports, has changed since the run began`);
  }
  return recipe;
}

/** The recipe file of a run: the one that the person names, or that of the run where it is known. */
async function recipeFile(run: string, { module }: RunRecord, named: string | undefined): Promise<string> {
  if (named !== undefined) return named;
  if (module === undefined) {
    throw new OnesheetError(
      `Cannot load the run "${run}": it was not made from a recipe file; name one by --recipe`,
    );
  }
  if (!await exists(userPath(module))) {
    throw new OnesheetError(
      `Cannot use the run "${run}": expected its recipe in "${module}", found none; put the file back there, or name ` +
        "it by --recipe",
      { exitCode: 2 },
    );
  }
  await demandKnown(userPath(module), run);
  return module;
}

/** Loads a run folder; `settings` come on top of those the run was made with, `recipe` is a file that the person names. */
export async function loadRun(
  path: string,
  { settings = [], recipe }: { readonly settings?: readonly string[]; readonly recipe?: string } = {},
): Promise<LoadedRun> {
  const folder = userPath(path);
  const record = await readRecord(folder);
  const made = await recipeOfRun(folder, record, await recipeFile(folder, record, recipe));
  return { folder, record, recipe: withSettings(made, settings) };
}

/** Whether a path is a run folder. */
export const isRun = (path: string): Promise<boolean> => exists(runFiles(userPath(path)).recipe);

/** A folder for a new run: `runs/<recipe>-<date>-<time>`. */
export function newRunFolder(name: string, now = new Date()): string {
  const stamp = now.toISOString().slice(0, 19).replaceAll("-", "").replaceAll(":", "").replace("T", "-");
  return userPath(join("runs", `${name}-${stamp}`));
}

/** What a new run's folder has behind the recipe's name. */
const STAMP = /^\d{8}-\d{6}$/;

/** The newest run of a recipe under `runs/`. */
export async function newestRun(name: string): Promise<string> {
  const root = userPath("runs");
  const found: string[] = [];
  if (await exists(root)) {
    for await (const { name: folder } of Deno.readDir(root)) {
      if (folder.startsWith(`${name}-`) && STAMP.test(folder.slice(name.length + 1))) found.push(folder);
    }
  }
  const newest = found.sort().at(-1);
  if (newest !== undefined) return join(root, newest);
  throw new OnesheetError(
    `Cannot resume "${name}": expected a run of it in "${root}", found none; name one by --run`,
    {
      exitCode: 2,
    },
  );
}
