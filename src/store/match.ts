/** Which array of a file is which parameter of a model, from names and shapes alone. */
import { didYouMean, nearest, OnesheetError } from "../base/errors.ts";
import type { Names } from "./param.ts";
import { type Rename, under as placedUnder } from "./rename.ts";

/** How a file's names become the model's: first `rename`, then the path `under`. */
export interface MatchOptions {
  /** The module the file is for, such as `image_backbone`; only its parameters can be missing. */
  readonly under?: string;
  readonly rename?: Rename;
}

/** A name without a partner, and the nearest partner of the same shape that has none either. */
export interface Unmatched {
  readonly name: string;
  readonly nearest?: string;
}

/** What loading a file does, or would do. Names are the model's, and `from` is the file's. */
export interface LoadReport {
  readonly applied: readonly { readonly name: string; readonly from: string }[];
  /** Parameters the file does not have. */
  readonly missing: readonly Unmatched[];
  /** Arrays of the file, renamed, that the model does not have; those dropped by `rename` are not counted. */
  readonly unused: readonly Unmatched[];
  readonly mismatched: readonly {
    readonly name: string;
    readonly expected: readonly number[];
    readonly found: readonly number[];
  }[];
}

interface Shaped {
  readonly name: string;
  readonly shape: readonly number[];
}

/** An array of the file: its name there and its shape. */
interface Found {
  readonly from: string;
  readonly shape: readonly number[];
}

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

/** The name with an alias in front replaced by the module it stands for. */
function homeName(name: string, aliases: Names["aliases"]): string {
  const found = aliases.find(([alias]) => name.startsWith(`${alias}.`));
  return found === undefined ? name : found[1] + name.slice(found[0].length);
}

const withNearest = (lone: readonly Shaped[], partners: readonly Shaped[]): Unmatched[] =>
  lone.map(({ name, shape }) => {
    const near = nearest(name, partners.filter((p) => sameShape(p.shape, shape)).map((p) => p.name));
    return near === undefined ? { name } : { name, nearest: near };
  });

/** Paths of the modules that hold parameters. */
const modulesOf = (params: Names["params"]): Set<string> =>
  new Set(params.flatMap(({ name }) => name.split(".").map((_, i, parts) => parts.slice(0, i).join("."))));

/** The file's arrays by the names the model would give them. */
function inModel(
  file: ReadonlyMap<string, { readonly shape: readonly number[] }>,
  rename: Rename,
): Map<string, Found> {
  const arrays = new Map<string, Found>();
  for (const [from, { shape }] of file) {
    const name = rename(from);
    if (name === undefined) continue;
    const rival = arrays.get(name);
    if (rival !== undefined) {
      throw new OnesheetError(
        `Cannot load "${name}": expected one array of that name, found "${rival.from}" and "${from}"`,
      );
    }
    arrays.set(name, { from, shape });
  }
  return arrays;
}

/**
 * Pairs a file's arrays with a model's parameters. A parameter known under two names may be in the file under either
 * or both; its home's is used. Two arrays that claim one name, and a module that is not there, are errors.
 */
export function matchNames(
  { params, aliases }: Names,
  file: ReadonlyMap<string, { readonly shape: readonly number[] }>,
  { under, rename = (name) => name }: MatchOptions = {},
): LoadReport {
  const home = under === undefined ? "" : homeName(`${under}.`, aliases);
  const expected = params.filter(({ name }) => name.startsWith(home));
  if (under !== undefined && expected.length === 0) {
    throw new OnesheetError(
      `Cannot load into "${under}": the model has no such module${didYouMean(under, modulesOf(params))}`,
    );
  }
  const place = under === undefined ? rename : (name: string) => {
    const renamed = rename(name);
    return renamed === undefined ? undefined : placedUnder(under)(renamed);
  };

  const known = new Set(expected.map(({ name }) => name));
  const copies = new Map<string, Map<string, Found>>();
  const unused: Shaped[] = [];
  for (const [name, found] of inModel(file, place)) {
    const param = known.has(name) ? name : homeName(name, aliases);
    if (!known.has(param)) unused.push({ name, shape: found.shape });
    else copies.set(param, (copies.get(param) ?? new Map<string, Found>()).set(name, found));
  }

  const applied: { name: string; from: string }[] = [];
  const missing: Shaped[] = [];
  const mismatched: { name: string; expected: readonly number[]; found: readonly number[] }[] = [];
  for (const { name, shape } of expected) {
    const found = copies.get(name);
    const wrong = [...found ?? []].filter(([, copy]) => !sameShape(copy.shape, shape));
    mismatched.push(...wrong.map(([copy, { shape: found }]) => ({ name: copy, expected: shape, found })));
    if (found === undefined) missing.push({ name, shape });
    else if (wrong.length === 0) {
      const [first] = found.values();
      applied.push({ name, from: (found.get(name) ?? first).from });
    }
  }
  return { applied, missing: withNearest(missing, unused), unused: withNearest(unused, missing), mismatched };
}
