/**
 * `split.jsonl`: the rows that a run trains, validates and tests with, by their content. A line about the data set comes
 * first, then one for each row, side by side in the order of the run.
 */
import { createHash } from "node:crypto";
import { OnesheetError } from "../base/errors.ts";
import { fieldFault, isCount } from "../base/json.ts";
import type { Values } from "../base/value.ts";
import type { Dataset, RecordedRows, RecordedSplit, RowIdentity, Rows } from "../data/source.ts";
import { anotherRun } from "./begin.ts";
import { exists, readLabels, readLines, runFiles } from "./run.ts";

const sides = ["train", "validation", "test"] as const;
type Side = typeof sides[number];

/** The first line. */
interface Head {
  /** Rows of the whole data set that could be used. */
  readonly size: number;
  /** Rows of each side. */
  readonly train: number;
  readonly validation: number;
  readonly test?: number;
  /** Digest of what stands for all the data, where the source has that. */
  readonly key?: string;
  /** Digest of what is the same for all rows: the edges of a graph, say. */
  readonly constants?: string;
}

/** A row's line. */
interface Line extends Partial<RowIdentity> {
  readonly side: Side;
  readonly row: number;
}

/** What `split.jsonl` holds. */
export interface RunSplit extends RecordedSplit, Pick<Head, "key" | "constants"> {}

const digest = (...parts: readonly (string | Uint8Array)[]): string =>
  parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest("hex").slice(0, 32);

function constantsOf(constants: Values | undefined): string | undefined {
  if (constants === undefined || Object.keys(constants).length === 0) return undefined;
  const names = Object.keys(constants).sort();
  return digest(...names.flatMap((name) => {
    const { shape, data } = constants[name];
    return [JSON.stringify([name, shape]), new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];
  }));
}

const sizeOf = ({ size, train, validation, test }: Dataset): number =>
  size ?? train.size + validation.size + (test?.size ?? 0);

async function recorded({ ids, identities }: Rows): Promise<RecordedRows> {
  return { rows: ids, ...(identities && { identities: await identities() }) };
}

/** The rows of an opened data set as a run records them. */
export async function splitOf(run: string, dataset: Dataset): Promise<RunSplit> {
  const { labels, train, validation, test, key } = dataset, constants = constantsOf(dataset.constants);
  return {
    run,
    labels,
    size: sizeOf(dataset),
    train: await recorded(train),
    validation: await recorded(validation),
    ...(test && { test: await recorded(test) }),
    ...(key !== undefined && { key: digest(key) }),
    ...(constants !== undefined && { constants }),
  };
}

/** The text of `split.jsonl`. */
export async function splitText(folder: string, dataset: Dataset): Promise<string> {
  const { size, key, constants, ...split } = await splitOf(folder, dataset);
  const present = sides.flatMap((side) => split[side] ? [[side, split[side]] as const] : []);
  const counts = Object.fromEntries(present.map(([side, { rows }]) => [side, rows.length]));
  const lines = present.flatMap(([side, { rows, identities }]) =>
    Array.from(rows, (row, at): Line => ({ side, row, ...identities?.[at] }))
  );
  return [{ size, ...counts, key, constants }, ...lines].map((line) => JSON.stringify(line) + "\n").join("");
}

/** What keeps a line from being one; a head is the only one with a size. */
const lineFault = (found: unknown): string | undefined =>
  fieldFault(found, { "size?": "a whole number" }) ??
    ("size" in (found as object)
      ? fieldFault(found, {
        ...{ train: "a whole number", validation: "a whole number", "test?": "a whole number" },
        ...{ "key?": "a text", "constants?": "a text" },
      })
      : fieldFault(found, { side: "a text", row: "a whole number", "id?": "a text", "labels?": "a list" }));

/** The rows of a side, which must be as many as the head says. */
function sideOf(
  path: string,
  lines: readonly Line[],
  side: Side,
  size: number,
  labels: number,
): RecordedRows {
  const own = lines.filter((line) => line.side === side);
  const isLabel = (position: unknown) => isCount(position) && position < labels;
  const whole = own.length === size && own.every((line) => line.labels?.every(isLabel) ?? true);
  if (!whole) {
    throw new OnesheetError(
      `Cannot read "${path}": expected ${size} rows with labels of labels.json on the side ${side}, found ` +
        (own.length === size ? "other labels" : `${own.length}`),
    );
  }
  const identities = own.flatMap(({ id, labels }) =>
    id === undefined || labels === undefined ? [] : [{ id, labels }]
  );
  return {
    rows: Int32Array.from(own, ({ row }) => row),
    ...(identities.length === size && size > 0 && { identities }),
  };
}

/** Reads `split.jsonl`; undefined for a run of an earlier version, which has none. */
export async function readSplit(folder: string): Promise<RunSplit | undefined> {
  const { split: path } = runFiles(folder);
  if (!await exists(path)) return undefined;
  const [head, ...lines] = await readLines<Head & Line>(path, lineFault, 3);
  if (head?.size === undefined) {
    throw new OnesheetError(`Cannot read "${path}": expected a line about the data set first, found none`);
  }
  const labels = await readLabels(folder);
  const side = (name: Side, size: number) => sideOf(path, lines, name, size, labels.length);
  return {
    run: folder,
    labels,
    size: head.size,
    train: side("train", head.train),
    validation: side("validation", head.validation),
    ...(head.test !== undefined && { test: side("test", head.test) }),
    ...(head.key !== undefined && { key: head.key }),
    ...(head.constants !== undefined && { constants: head.constants }),
  };
}

/** Where the rows of a side differ; undefined where they are the same. */
function difference(side: Side, before: RecordedRows, now: RecordedRows): string | undefined {
  if (before.rows.length !== now.rows.length) {
    return `expected ${before.rows.length} ${side} rows, found ${now.rows.length}`;
  }
  const isSame = (at: number): boolean => {
    const [a, b] = [before.identities?.[at], now.identities?.[at]];
    if (a === undefined || b === undefined) return a === b && before.rows[at] === now.rows[at];
    return a.id === b.id && JSON.stringify(a.labels) === JSON.stringify(b.labels);
  };
  const at = before.rows.findIndex((_, at) => !isSame(at));
  return at === -1 ? undefined : `expected row ${before.rows[at]} as ${side} row ${at + 1}, found another`;
}

/** Refuses data whose rows, labels or sides are not the run's, whatever its source makes of the run's split. */
export async function demandSplit(split: RunSplit, dataset: Dataset): Promise<void> {
  const now = await splitOf(split.run, dataset);
  const [expected, found] = [split, now].map(({ labels }) => labels.join(", "));
  const byContent = split.train.identities !== undefined;
  const reason = (expected === found ? undefined : `expected the labels ${expected}, found ${found}`) ??
    sides.map((side) => {
      const [before, after] = [split[side], now[side]];
      if (before === undefined) return after && `expected no ${side} rows, found ${after.rows.length}`;
      if (after === undefined) {
        return `expected ${before.rows.length} ${side} rows, found none; \`compare\` makes them`;
      }
      return difference(side, before, after);
    }).find((fault) => fault !== undefined) ??
    (byContent || split.key === now.key
      ? undefined
      : "expected the same data, found other or changed data") ??
    (split.constants === now.constants ? undefined : "expected the same edges, found others");
  if (reason !== undefined) {
    throw new OnesheetError(`Cannot use this data with the run "${split.run}": ${reason}`);
  }
}

/** The rows that a run is resumed with. */
export async function rowsToResume(folder: string): Promise<RunSplit> {
  const split = await readSplit(folder);
  if (split !== undefined) return split;
  throw new OnesheetError(
    `Cannot resume "${folder}": an earlier version made it, which did not record its rows; ${await anotherRun(
      folder,
    )}`,
    { exitCode: 2 },
  );
}

/** Says how many rows of the data are new, and that they are not used. */
export function tellAdded(split: RunSplit, dataset: Dataset, tell: (line: string) => void): void {
  const added = sizeOf(dataset) - split.size;
  if (added <= 0) return;
  const rows = added === 1 ? "1 row has" : `${added} rows have`;
  tell(`${rows} been added to the data since the run began; a run keeps the rows that it began with`);
}
