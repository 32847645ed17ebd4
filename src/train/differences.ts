/** What differs between two recipes as `recipe.json` has them, by the path that `--set` takes. */
import { oneLine } from "../base/errors.ts";
import { isObject, type JsonObject } from "../base/json.ts";

/** A setting that differs. */
export interface Difference {
  /** As `--set` takes it. */
  readonly path: string;
  /** Undefined where it was not set. */
  readonly was: unknown;
  /** Undefined where it is not set. */
  readonly is: unknown;
}

const nameOf = (value: unknown): string | undefined =>
  isObject(value) && typeof value.name === "string" ? value.name : undefined;

/** Names of a list's items: their own where they have one that no other has, otherwise their positions. */
function keysOf(list: readonly unknown[]): string[] {
  const names = list.map(nameOf);
  return names.map((name, i) =>
    name !== undefined && names.indexOf(name) === names.lastIndexOf(name) ? name : String(i)
  );
}

const sameKeys = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  JSON.stringify(keysOf(a)) === JSON.stringify(keysOf(b));

const asObject = (list: readonly unknown[]): JsonObject =>
  Object.fromEntries(keysOf(list).map((key, i) => [key, list[i]]));

/** What is compared field by field, as an object; undefined where a value is compared whole. */
const fieldsOf = (value: unknown): JsonObject | undefined =>
  isObject(value) ? value : Array.isArray(value) && value.some(isObject) ? asObject(value) : undefined;

function within(was: unknown, is: unknown, path: readonly string[]): Difference[] {
  const [before, now] = [fieldsOf(was), fieldsOf(is)];
  const alike = Array.isArray(was) === Array.isArray(is) &&
    (!Array.isArray(was) || sameKeys(was, is as unknown[]));
  if (before === undefined || now === undefined || !alike) {
    return JSON.stringify(was) === JSON.stringify(is) ? [] : [{ path: path.join("."), was, is }];
  }
  // Of two choices with other names only what both have can be compared.
  const isOther = path.length > 0 && nameOf(was) !== nameOf(is);
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((key) => !isOther || (key !== "name" && key in before && key in now));
  return [
    ...isOther ? [{ path: path.join("."), was, is }] : [],
    ...keys.flatMap((key) => within(before[key], now[key], [...path, key])),
  ];
}

/** The settings of two printed recipes that differ. */
export const differences = (was: unknown, is: unknown): Difference[] =>
  within(...[was, is].map((value) => JSON.parse(JSON.stringify(value))) as [unknown, unknown], []);

/** Characters of a value in a sentence. */
const LONGEST = 60;

/** A setting's value in a sentence as `--set` takes it; of a choice its name. */
function shown(value: unknown): string {
  if (value === undefined) return "not set";
  const name = typeof value === "string" ? value : nameOf(value);
  const text = name ?? JSON.stringify(value, (_, inner) => nameOf(inner) ?? inner);
  return oneLine(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}

/** Differences in a sentence. */
const MOST = 8;

/** The middle of a sentence: `seed was 1, is 2; …`. */
export function describeDifferences(found: readonly Difference[], is: string): string {
  const parts = found.slice(0, MOST).map(({ path, was, is: now }) =>
    `${path} was ${shown(was)}, ${is} ${shown(now)}`
  );
  return [...parts, ...found.length > MOST ? [`and ${found.length - MOST} more`] : []].join("; ");
}
