/** Which films belong together, from a file that a person gives: rows with their crew, or pairs of rows. */
import { basename, extname, resolve } from "node:path";
import { messageOf, oneLine, OnesheetError } from "../base/errors.ts";
import { isCount, isObject, type JsonObject, parseJson, show } from "../base/json.ts";
import { fileFault, statRegular } from "../base/regular_file.ts";
import { readText } from "../base/text.ts";
import { filePieces, textLines } from "../base/text_stream.ts";
import { normalized } from "../base/unicode.ts";
import { openShard } from "./parquet.ts";
import { isCut, MOST_ITEMS } from "./parquet_bounds.ts";

/** Films that share one of these are joined. */
const CREW = ["director", "producer", "writer", "cinematographer", "art director", "art_director"] as const;

/** Columns that are read of a file. */
const COLUMNS = ["row", "other", ...CREW];

/** What the way out of most mistakes is. */
export const EDGE_FORMAT =
  'records {"row": 7, "director": ["…"], "writer": ["…"]} or {"row": 7, "other": 12} in .jsonl, .json or .parquet';

/** Levels of JSON, and characters of a line. */
const DEEPEST = 8, LONGEST_LINE = 2 ** 20;

/** The records of a parquet file, its whole numbers as numbers. */
async function fromParquet(path: string, { size }: Deno.FileInfo): Promise<JsonObject[]> {
  using shard = await openShard({ path, name: basename(path), size }, ["row"]);
  const columns = COLUMNS.filter((column) => shard.columns.includes(column));
  const groups: JsonObject[][] = [];
  for (const group of shard.groups) groups.push(await shard.read(group, columns));
  const plain = (value: unknown) => typeof value === "bigint" ? Number(value) : value;
  const records = groups.flat();
  if (records.some((record) => Object.values(record).some(isCut))) {
    throw new Error(`expected lists of fewer than ${MOST_ITEMS} names, found a longer one`);
  }
  return records.map((record) =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, plain(value)]))
  );
}

/** The records of a JSON list. */
function fromJson(text: string): unknown[] {
  const list = parseJson(text, DEEPEST);
  if (!Array.isArray(list)) throw new Error(`expected a list of records, found ${show(list)}`);
  return list;
}

/** The records of JSON lines, each with its line. */
async function* fromLines(path: string): AsyncGenerator<Located> {
  let number = 0;
  for await (const line of textLines(filePieces(path), LONGEST_LINE)) {
    const where = `line ${++number}`;
    try {
      if (line === undefined) throw new Error(`expected at most ${LONGEST_LINE} characters, found more`);
      if (line.trim() !== "") yield { where, record: parseJson(line, DEEPEST) };
    } catch (error) {
      throw new Error(`${messageOf(error)} on ${where}`);
    }
  }
}

/** A record and what an error calls its place. */
interface Located {
  readonly where: string;
  readonly record: unknown;
}

/** The records of a file. */
async function* recordsOf(path: string): AsyncGenerator<Located> {
  const kind = extname(path).toLowerCase();
  try {
    const info = await statRegular(path);
    if (kind === ".jsonl") return yield* fromLines(path);
    if (kind !== ".json" && kind !== ".parquet") {
      throw new OnesheetError(
        `Cannot use the edges "${path}": expected ${EDGE_FORMAT}, found "${oneLine(kind)}"`,
        { exitCode: 2 },
      );
    }
    const records = kind === ".json" ? fromJson(await readText(path)) : await fromParquet(path, info);
    for (const [i, record] of records.entries()) yield { where: `record ${i + 1}`, record };
  } catch (error) {
    if (error instanceof OnesheetError) throw error;
    const isMissing = error instanceof Deno.errors.NotFound;
    throw new OnesheetError(
      `Cannot use the edges "${path}": ${isMissing ? "expected a file, found none" : fileFault(error)}`,
      { cause: error, exitCode: isMissing ? 2 : 1 },
    );
  }
}

/** The names in a field: a text, or a list of texts or of objects with a `name`; undefined where it is none of these. */
function namesIn(value: unknown): string[] | undefined {
  if (value === null || value === undefined) return [];
  const names = (Array.isArray(value) ? value : [value]).map((one) => isObject(one) ? one.name : one);
  if (!names.every((name) => typeof name === "string")) return undefined;
  return names.map((name) => normalized(name.trim(), "NFC")).filter((name) => name !== "");
}

/** Nodes by row number, and whether they are all there are. */
export interface Nodes {
  /** The node of a row. */
  readonly of: ReadonlyMap<number, number>;
  /** Whether a row that is none of them is a mistake. */
  readonly complete: boolean;
}

/** Edges in order of where they go to, then of where they come from: both directions, and every node's self-loop. */
function directed(pairs: Iterable<readonly [number, number]>, nodes: number): Int32Array {
  const known = new Set(Array.from({ length: nodes }, (_, node) => node * nodes + node));
  for (const [a, b] of pairs) known.add(a * nodes + b).add(b * nodes + a);
  const sorted = Float64Array.from(known).sort();
  const edges = new Int32Array(2 * sorted.length);
  sorted.forEach((key, i) => {
    edges[i] = key % nodes;
    edges[sorted.length + i] = Math.floor(key / nodes);
  });
  return edges;
}

/** Every two of some nodes. */
function* twos(nodes: readonly number[]): Generator<readonly [number, number]> {
  for (const [i, a] of nodes.entries()) for (const b of nodes.slice(i + 1)) yield [a, b];
}

/** A graph that joins no two nodes. */
export const selfLoops = (nodes: number): Int32Array => directed([], nodes);

/**
 * Reads a file of edges: `[2, edges]`, sources and targets, both directions and every node's self-loop. A record has a
 * `row` and either an `other` row or names of the crew (`director`, `producer`, `writer`, `cinematographer`,
 * `art director`); rows that share a name, in whatever part, are joined. A relative path is taken from where the command
 * was given.
 *
 * Errors: no such file, another format, a record that is none, a row that is not in the data.
 */
export async function readEdges(file: string, nodes: Nodes): Promise<Int32Array> {
  const path = resolve(Deno.env.get("INIT_CWD") ?? Deno.cwd(), file);
  const pairs: (readonly [number, number])[] = [];
  const byName = new Map<string, Set<number>>();
  for await (const { where, record } of recordsOf(path)) {
    const wrong = (expected: string, found: unknown): never => {
      throw new OnesheetError(
        `Cannot use the edges "${path}": expected ${expected} in ${where}, found ${show(found)}`,
      );
    };
    const nodeOf = (row: unknown): number | undefined => {
      if (!isCount(row)) return wrong("a row number", row);
      const node = nodes.of.get(row);
      return node === undefined && nodes.complete ? wrong("a row of the data", row) : node;
    };
    if (!isObject(record)) return wrong('a record such as {"row": 7, "director": ["…"]}', record);
    const node = nodeOf(record.row);
    const { other = null } = record;
    const crew = CREW.filter((part) => Object.hasOwn(record, part));
    if (other === null && crew.length === 0) {
      return wrong(`"other" or one of ${CREW.slice(0, 5).join(", ")}`, record);
    }
    const ends = other === null ? [] : [node, nodeOf(other)];
    if (ends.length > 0 && !ends.includes(undefined)) pairs.push(ends as [number, number]);
    for (const part of crew) {
      const names = namesIn(record[part]) ?? wrong(`a name or a list of names as "${part}"`, record[part]);
      if (node === undefined) continue;
      for (const name of names) byName.set(name, (byName.get(name) ?? new Set()).add(node));
    }
  }
  const joined = byName.values().flatMap((sharing) => twos([...sharing]));
  return directed([...pairs, ...joined], nodes.of.size);
}
