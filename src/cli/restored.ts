/** A run's recipe: the code of its file with the settings that the run recorded, whatever the file has by now. */
import type { Choice } from "../base/choice.ts";
import { isObject, type JsonObject } from "../base/json.ts";
import { describeDifferences, differences } from "../train/differences.ts";
import { printable, type Recipe, recipe, type RecipeSettings } from "../train/recipe.ts";
import { choices } from "./choices.ts";

const isChoice = (value: unknown): value is Choice<unknown> =>
  isObject(value) && "made" in value && isObject(value.options) && typeof value.with === "function";

const hasCode = (value: unknown): boolean =>
  typeof value === "function" || isChoice(value) ||
  typeof value === "object" && value !== null && Object.values(value).some(hasCode);

/** Gives a path's value as it was; one that cannot be made again stays as it is. */
type Restore = (now: unknown, was: unknown, path: readonly string[]) => unknown;

/** The choice of the recorded name and settings; undefined where there is none of that name. */
function choiceOf(
  offered: readonly unknown[],
  was: unknown,
  path: readonly string[],
  restore: Restore,
): Choice<unknown> | undefined {
  if (!isObject(was)) return undefined;
  const found = offered.filter(isChoice).find(({ name }) => name === was.name);
  if (found === undefined) return undefined;
  const names = [...Object.keys(found.options), ...Object.keys(found.examples)];
  const settings = names.map((key) => [key, restore(found.options[key], was[key], [...path, key])]);
  return found.with(Object.fromEntries(settings));
}

function listOf(now: readonly unknown[], was: readonly unknown[], path: readonly string[], restore: Restore) {
  const offered = choices[path.at(-1)!] ?? [];
  if (offered.length > 0 || now.some(isChoice)) {
    const restored = was.map((each) => choiceOf([...now, ...offered], each, path, restore));
    return restored.includes(undefined) ? now : restored;
  }
  if (!now.some(hasCode)) return was;
  return now.length === was.length ? was.map((each, i) => restore(now[i], each, [...path, String(i)])) : now;
}

/** Restores values; those at a path that `keeps` stay, and with `unsets` those that were not recorded are taken out. */
function restorer(keeps: (path: string) => boolean, unsets: boolean): Restore {
  const restore: Restore = (now, was, path) => {
    if (typeof now === "function" || keeps(path.join("."))) return now;
    // JSON has no infinity, say: what prints as it was is as it was.
    if (!hasCode(now) && JSON.stringify(now) === JSON.stringify(was)) return now;
    if (was === undefined) return unsets && !hasCode(now) ? undefined : now;
    if (isChoice(now)) return choiceOf([now, ...choices[path.at(-1)!] ?? []], was, path, restore) ?? now;
    if (Array.isArray(now) && Array.isArray(was)) return listOf(now, was, path, restore);
    if (!isObject(now) || !isObject(was)) return was;
    const keys = new Set([...Object.keys(now), ...Object.keys(was)]);
    return Object.fromEntries(
      [...keys].map((key) => [key, restore(now[key], was[key], [...path, key])] as const)
        .filter(([, value]) => value !== undefined),
    );
  };
  return restore;
}

/** What a run recorded of its recipe. */
export interface Recorded {
  /** Its recipe as it was printed. */
  readonly recipe: JsonObject;
  /** Settings that were changed on the command line. */
  readonly settings: readonly string[];
  /** Whether it was this version of the library: another may print other settings. */
  readonly sameVersion: boolean;
}

/** A recipe of a run, and what must be said of it. */
export interface Restored {
  readonly recipe: Recipe;
  /** The settings in which the file differs by now; undefined where it does not. */
  readonly changed?: string;
  /** Settings that the run had and the file cannot give again; undefined where there are none. */
  readonly lost?: string;
}

const overlaps = (a: string, b: string): boolean => a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);

/** What only matters before the first step. */
const isOfStart = (path: string): boolean => overlaps(path, "weights");

/**
 * The recipe as a run had it. Where the data is (`Source.places`) goes by the file, unless the run was given another
 * place: what is there is compared by its content.
 *
 * @param now the recipe as its file has it
 */
export function restored(now: Recipe, { recipe: was, settings, sameVersion }: Recorded): Restored {
  const given = settings.map((setting) => setting.slice(0, setting.indexOf("=")));
  const isGiven = (path: string) => given.some((each) => overlaps(each, path));
  const places = (now.data.made.places ?? []).map((place) => `data.${place}`);
  const isPlace = (path: string) => places.includes(path) && !isGiven(path);
  const restore = restorer(isPlace, sameVersion);
  const found = recipe(restore(now, was, []) as RecipeSettings);
  const changed = differences(was, printable(now)).filter(({ path, was }) =>
    !isPlace(path) && !isGiven(path) && (sameVersion || was !== undefined)
  );
  const lost = differences(was, printable(found)).filter(({ path, was }) =>
    was !== undefined && !isPlace(path) && !isOfStart(path)
  );
  return {
    recipe: found,
    ...(changed.length > 0 && { changed: describeDifferences(changed, "is now") }),
    ...(lost.length > 0 && { lost: describeDifferences(lost, "is now") }),
  };
}
