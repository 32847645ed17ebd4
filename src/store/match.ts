/** Which array of a file is which parameter of a model, from names and shapes alone. */
import { didYouMean, nearest, OnesheetError } from "../base/errors.ts";
import type { Rename } from "./rename.ts";
import { stateDict, type StoredModel } from "./state_dict.ts";

/**
 * How a file's names become the model's: first `rename`, then the path `under`. Where no name fits, what a wrapper has put
 * in front of all of them is left out first, such as `module.` or `0.auto_model.`.
 */
export interface MatchOptions {
  /** The module the file is for, such as `image_backbone`; only its parameters can be missing. */
  readonly under?: string;
  /** From the file's names to those of the module `under`, or of the model; as they are unless told. */
  readonly rename?: Rename;
}

/** A name without a partner, and the nearest partner of the same shape that has none either. */
export interface Unmatched {
  /** The name the model gives it, or would give it. */
  readonly name: string;
  /** The near name on the other side, if there is one. */
  readonly nearest?: string;
}

/** What loading a file does, or would do. Names are the model's, and `from` is the file's. */
export interface LoadReport {
  /** What is left out in front of the file's names, if anything. */
  readonly prefix?: string;
  /** Parameters the file has. */
  readonly applied: readonly { readonly name: string; readonly from: string }[];
  /** Parameters the file does not have. */
  readonly missing: readonly Unmatched[];
  /** Arrays of the file, renamed, that the model does not have; those dropped by `rename` are not counted. */
  readonly unused: readonly Unmatched[];
  /** Arrays whose shape is not the parameter's. */
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

const product = (sizes: readonly number[]): number => sizes.reduce((n, size) => n * size, 1);

/**
 * Whether an array of the file can be a parameter: it has its shape, or is a convolution as large as its image where the
 * parameter is the matrix that does the same, `[out, in, height, width]` for `[out, in height width]`.
 */
const fits = (found: readonly number[], expected: readonly number[]): boolean =>
  sameShape(found, expected) ||
  (found.length === 4 && sameShape([found[0], product(found.slice(1))], expected));

/** Names that get a nearest one, and names it is looked for among: a file can hold a hundred thousand. */
const HELPED = 20, LOOKED_AT = 2000;

const withNearest = (lone: readonly Shaped[], partners: readonly Shaped[]): Unmatched[] =>
  lone.map(({ name, shape }, i) => {
    if (i >= HELPED) return { name };
    const near = nearest(
      name,
      partners.filter((p) => sameShape(p.shape, shape)).slice(0, LOOKED_AT).map((p) => p.name),
    );
    return near === undefined ? { name } : { name, nearest: near };
  });

/** Paths of the modules that hold the named arrays. */
const modulesOf = (names: Iterable<string>): Set<string> =>
  new Set([...names].flatMap((name) => name.split(".").map((_, i, parts) => parts.slice(0, i).join("."))));

type Arrays = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/** The file's arrays by the names the model would give them. */
function inModel(file: Arrays, rename: Rename, prefix: string): Map<string, Found> {
  const arrays = new Map<string, Found>();
  for (const [from, { shape }] of file) {
    const renamed = rename(from);
    if (renamed === undefined) continue;
    const name = prefix + renamed;
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

/** Dots in what a wrapper puts in front. */
const WRAPPERS = 4;

/**
 * What to leave out in front of a file's names so that some are the model's, where none is as it stands. Undefined where
 * that is nothing, or where two parts of the file would do: a person must say which.
 */
function wrapperOf(file: Arrays, isKnown: (name: string) => boolean): string | undefined {
  const fits = new Map<string, number>();
  for (const name of file.keys()) {
    if (isKnown(name)) return undefined;
    for (
      let dot = name.indexOf("."), left = WRAPPERS;
      dot >= 0 && left > 0;
      dot = name.indexOf(".", dot + 1), left--
    ) {
      const prefix = name.slice(0, dot + 1);
      if (isKnown(name.slice(dot + 1))) fits.set(prefix, (fits.get(prefix) ?? 0) + 1);
    }
  }
  const [best] = [...fits].sort(([a, m], [b, n]) => n - m || a.length - b.length)[0] ?? [];
  const isAlone = [...fits.keys()].every((prefix) => prefix.startsWith(best!) || best!.startsWith(prefix));
  return isAlone ? best : undefined;
}

/**
 * Pairs a file's arrays with a model's parameters. A parameter known under two names may be in the file under either
 * or both; its own name's is used. Two arrays that claim one name, and a module that is not there, are errors.
 */
export function matchNames(
  model: StoredModel,
  file: Arrays,
  { under, rename: renamed = (name) => name }: MatchOptions = {},
): LoadReport {
  const known = stateDict(model);
  const prefix = under === undefined ? "" : `${under}.`;
  const expected = new Set(
    [...known.keys()].filter((name) => name.startsWith(prefix)).map((name) => known.get(name)!),
  );
  if (under !== undefined && expected.size === 0) {
    const hint = didYouMean(under, modulesOf(known.keys()));
    throw new OnesheetError(`Cannot load into "${under}": the model has no such module${hint}`);
  }
  const isKnown = (name: string) => known.has(prefix + renamed(name));
  const wrapper = wrapperOf(file, isKnown);
  const rename: Rename = (name) =>
    renamed(wrapper !== undefined && name.startsWith(wrapper) ? name.slice(wrapper.length) : name);
  const arrays = inModel(file, rename, prefix);
  const copies = Map.groupBy(arrays.keys(), (name) => known.get(name));
  const applied: { name: string; from: string }[] = [];
  const missing: Shaped[] = [];
  const mismatched: { name: string; expected: readonly number[]; found: readonly number[] }[] = [];
  for (const param of expected) {
    const names = copies.get(param);
    if (names === undefined) {
      missing.push(param);
      continue;
    }
    const wrong = names.filter((name) => !fits(arrays.get(name)!.shape, param.shape));
    for (const name of wrong) {
      mismatched.push({ name, expected: param.shape, found: arrays.get(name)!.shape });
    }
    const chosen = names.includes(param.name) ? param.name : names[0];
    if (wrong.length === 0) applied.push({ name: param.name, from: arrays.get(chosen)!.from });
  }
  const unused = (copies.get(undefined) ?? []).map((name) => ({ name, shape: arrays.get(name)!.shape }));
  return {
    ...(wrapper !== undefined && { prefix: wrapper }),
    applied,
    missing: withNearest(missing, unused),
    unused: withNearest(unused, missing),
    mismatched,
  };
}
