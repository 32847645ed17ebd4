/** `--set path=value`: changes single settings of a recipe, in its plain fields and inside its choices. */
import { type Choice, kindExpected, kindOf, type SettingExamples } from "../base/choice.ts";
import { didYouMean, OnesheetError, printable } from "../base/errors.ts";
import { choices } from "./choices.ts";

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isChoice = (value: unknown): value is Choice<unknown> =>
  isObject(value) && "made" in value && isObject(value.options) && typeof value.with === "function";

const fail = (sentence: string): never => {
  throw new OnesheetError(sentence, { exitCode: 2 });
};

/** Settings that are left out so far. */
const leftOut = (examples: SettingExamples): Record<string, undefined> =>
  Object.fromEntries(Object.keys(examples).map((name) => [name, undefined]));

/**
 * What a value holds, by the name a path has for it: the options of a choice, the fields of an object, the items of a
 * list by position, or by their own name where they are choices and no other has it.
 */
function contents(value: unknown): Map<string, unknown> {
  if (isChoice(value)) return new Map(Object.entries({ ...leftOut(value.examples), ...value.options }));
  if (isObject(value)) return new Map(Object.entries(value));
  if (!Array.isArray(value)) return new Map();
  const names = value.map((item) => isChoice(item) ? item.name : undefined);
  const single = (name: string | undefined) => names.indexOf(name) === names.lastIndexOf(name);
  return new Map(
    value.map((item, i) => [names[i] !== undefined && single(names[i]) ? names[i] : String(i), item]),
  );
}

/** Whether a value is data through and through, so that JSON can stand in its place. */
const isPlain = (value: unknown): boolean =>
  typeof value !== "function" && !isChoice(value) && [...contents(value).values()].every(isPlain);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The choice that a name stands for, or an object with a name and settings, as they are in a saved recipe. */
function chosen(
  before: readonly unknown[],
  offered: readonly Choice<unknown>[],
  value: unknown,
  path: string,
) {
  const { name, ...options } = isObject(value) ? value : { name: value };
  const all = [...before.filter(isChoice), ...offered];
  const found = all.find((each) => each.name === name);
  if (found !== undefined) return found.with(options);
  const names = [...new Set(all.map((each) => each.name))];
  return fail(
    `Cannot set "${path}" to ${JSON.stringify(value)}: expected ${
      names.join(", ")
    }, or one of them with settings, ` +
      `such as {"name": "${names[0]}", …}${didYouMean(String(name), names)}`,
  );
}

/**
 * The value `text` stands for in the place of `known`: JSON of its type or of the type of an example, or the text itself
 * for a string.
 */
function replacement(known: unknown, text: string, path: string, examples: readonly unknown[]): unknown {
  const inside = [...contents(known).keys()].map((key) => `${path}.${key}`).join(", ");
  const offered = choices[path.split(".").at(-1)!], given = parse(text);
  if (isChoice(known)) return chosen([known], offered ?? [], given, path);
  if (offered !== undefined && Array.isArray(known) && Array.isArray(given)) {
    return given.map((each) => chosen(known, offered, each, path));
  }
  if (isObject(known)) {
    return fail(`Cannot set "${path}" as a whole: ${inside ? `set one of ${inside}` : "it has no settings"}`);
  }
  const kinds = [known, ...examples].map(kindOf);
  const value = kinds.includes("string") && !kinds.includes(kindOf(given)) ? text : given;
  // An empty list fits a list of anything.
  if (Array.isArray(known) && Array.isArray(value) && value.length === 0) return value;
  if (!isPlain(known)) {
    const wayOut = inside ? `set one of ${inside}, or change the recipe file` : "change the recipe file";
    return fail(`Cannot set "${path}" to ${text}: it is more than plain data; ${wayOut}`);
  }
  const expected = kindExpected(value, [known, ...examples]);
  return expected === undefined
    ? value
    : fail(`Cannot set "${path}": expected ${expected}, found ${JSON.stringify(value)}`);
}

/** `target`, found at `path`, with what lies at `keys` inside it replaced; `open` are settings that it may leave out. */
function change(
  target: unknown,
  keys: readonly string[],
  text: string,
  path: readonly string[],
  open: SettingExamples,
): unknown {
  const [key, ...rest] = keys;
  const inside = new Map([...Object.entries(leftOut(open)), ...contents(target)]);
  if (!inside.has(key)) {
    const unknown = [...path, key].join("."),
      known = [...inside.keys()].map((name) => [...path, name].join("."));
    const where = path.length === 0 ? "the recipe" : `"${path.join(".")}"`;
    const settings = known.length === 0 ? "no settings" : `the settings ${known.join(", ")}`;
    fail(`Cannot set "${unknown}": ${where} has ${settings}${didYouMean(unknown, known)}`);
  }
  const value = inside.get(key), below = [...path, key];
  const changed = rest.length === 0
    ? replacement(value, text, below.join("."), open[key] ?? [])
    : change(value, rest, text, below, isChoice(value) ? value.examples : {});
  if (isChoice(target)) return target.with({ [key]: changed });
  if (Array.isArray(target)) return target.with([...inside.keys()].indexOf(key), changed);
  return { ...target as object, [key]: changed };
}

/**
 * A copy of `recipe` with each `path=value` applied in turn. A value is JSON, or a string as it stands; in the place of
 * a loss, an optimizer, a schedule, a stopping rule or an augmentation it is the name of another, or an object with its
 * name and settings. An unknown path, a value of another type and a field that is code are errors with exit code 2.
 * `open` has an example of each type of the fields that a recipe may leave out.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { choice } from "../base/choice.ts";
 * import { applySettings } from "./settings.ts";
 *
 * const scale = choice("scale", { by: 2 }, ({ by }) => (x: number) => x * by);
 * const recipe = applySettings({ batchSize: 16, scale }, ["batchSize=8", "scale.by=3"]);
 * assertEquals([recipe.batchSize, recipe.scale.made(2)], [8, 6]);
 * ```
 */
export const applySettings = <Recipe extends object>(
  recipe: Recipe,
  settings: readonly string[],
  open: SettingExamples = {},
): Recipe =>
  settings.reduce((changed, setting) => {
    const at = setting.indexOf("=");
    if (at < 1) return fail(`Cannot set "${setting}": expected path=value, such as batchSize=8`);
    return change(changed, setting.slice(0, at).split("."), setting.slice(at + 1), [], open) as Recipe;
  }, recipe);

/**
 * Every setting of a recipe as `--set` takes it; what is code is left out.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { choice } from "../base/choice.ts";
 * import { listSettings } from "./settings.ts";
 *
 * const scale = choice("scale", { by: 2 }, ({ by }) => (x: number) => x * by);
 * assertEquals(listSettings({ batchSize: 16, scale }), ["batchSize=16", "scale=scale", "scale.by=2"]);
 * ```
 */
export function listSettings(value: unknown, path: readonly string[] = []): string[] {
  const at = path.join(".");
  if (typeof value === "function" || value === undefined) return [];
  const inside = () => [...contents(value)].flatMap(([key, each]) => listSettings(each, [...path, key]));
  if (isChoice(value)) return [`${at}=${value.name}`, ...inside()];
  if (isObject(value) || !isPlain(value)) return inside();
  const isPrintable = typeof value === "string" && printable(value) === value && !value.includes("\n");
  return [`${at}=${isPrintable ? value : JSON.stringify(value)}`];
}
