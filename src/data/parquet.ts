/** Rows of parquet files, one row group at a time, so that a set larger than memory can be read. */
import { type FileMetaData, parquetMetadata, parquetSchema } from "hyparquet";
import { DEFAULT_PARSERS } from "hyparquet/src/convert.js";
import { assembleAsync, asyncGroupToRows } from "hyparquet/src/rowgroup.js";
import { getTreePath } from "hyparquet/src/schema.js";
import { HEAD, otherContent } from "../base/content.ts";
import { listed, messageOf, oneLine, OnesheetError } from "../base/errors.ts";
import { fileFault, openRegular } from "../base/regular_file.ts";
import { demandFewValues, Unreadable, wholeBudget } from "./parquet_bounds.ts";
import { columnValues } from "./parquet_pages.ts";
import { bytesAt } from "./read.ts";
import type { Shard } from "./shards.ts";
import { checkStruct } from "./thrift.ts";

/** A row: its values by column. */
export type Row = Readonly<Record<string, unknown>>;

/** Longest footer, in bytes: room for 2 million rows in groups of 100. */
const LONGEST_FOOTER = 2 ** 24;

const decoder = new TextDecoder();

/** The footer of a parquet file; {@link Unreadable} where a file is none, or not whole. */
function footerOf(file: Deno.FsFile): FileMetaData {
  const { size } = file.statSync(), head = bytesAt(file, 0, Math.min(size, HEAD));
  if (decoder.decode(head.subarray(0, 4)) !== "PAR1") {
    throw new Unreadable(`expected a parquet file, found ${otherContent(head) ?? "other content"}`);
  }
  const tail = bytesAt(file, Math.max(0, size - 8), Math.min(size, 8));
  const length = size < 12 ? Infinity : new DataView(tail.buffer).getUint32(0, true);
  if (length > size - 12 || decoder.decode(tail.subarray(4)) !== "PAR1") {
    throw new Unreadable(
      "expected a whole parquet file, found one that is cut off; remove it, and fetch or copy it again",
    );
  }
  if (length > LONGEST_FOOTER) {
    throw new Unreadable(
      `expected a footer of at most ${LONGEST_FOOTER} bytes, found ${length}; write it again with fewer row groups`,
    );
  }
  const footer = bytesAt(file, size - 8 - length, length + 8);
  checkStruct({ view: new DataView(footer.buffer), offset: 0 });
  return parquetMetadata(footer, { geoparquet: false });
}

/** Runs a read of a shard; what is thrown becomes a sentence that names the file. */
async function reading<T>({ path }: Pick<Shard, "path">, read: () => Promise<T> | T): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const fail = (reason: string): never => {
      throw new OnesheetError(`Cannot read "${path}": ${reason}`, { cause: error });
    };
    if (error instanceof Unreadable) fail(error.message);
    // What trips over a damaged file says nothing to a person.
    const why = error instanceof TypeError || error instanceof RangeError
      ? ""
      : ` (${oneLine(messageOf(error))})`;
    return fail(
      `its parts contradict each other${why}; it is damaged; remove it, and fetch, copy or write it again`,
    );
  }
}

/**
 * Throws where the footer contradicts itself: hyparquet finds that in the middle of a read, or makes room for rows that are
 * not there.
 */
function checked(metadata: FileMetaData): FileMetaData {
  const root = parquetSchema(metadata);
  for (const { columns, num_rows } of metadata.row_groups) {
    for (const { meta_data, file_path } of columns) {
      if (file_path) throw new Unreadable(`its columns are in other files, which is not supported`);
      const path = meta_data?.path_in_schema ?? [];
      let node: typeof root | undefined = root;
      for (const name of path) node = node?.children.find(({ element }) => element.name === name);
      if (node === undefined || path.length === 0) {
        throw new Error(`its schema has no column "${listed([path.join(".")])}"`);
      }
      const values = meta_data?.num_values ?? 0n;
      if (num_rows < 0n || num_rows > values) {
        throw new Error(`it names ${num_rows} rows with ${values} values`);
      }
    }
  }
  return metadata;
}

/** Longest text, in bytes: what is longer loses its end, and is longer than any text of this library may be. */
const LONGEST_TEXT = 2 ** 22;

const parsers = {
  ...DEFAULT_PARSERS,
  stringFromBytes: (bytes: Uint8Array) => bytes && decoder.decode(bytes.subarray(0, LONGEST_TEXT)),
};

/** The rows of a row group, with these columns. */
async function groupRows(
  file: Deno.FsFile,
  metadata: FileMetaData,
  { columns, num_rows }: FileMetaData["row_groups"][number],
  names: readonly string[],
): Promise<Row[]> {
  const tree = parquetSchema(metadata), count = Number(num_rows), budget = wholeBudget();
  const chunks = columns.flatMap(({ meta_data: meta }) =>
    meta && names.includes(meta.path_in_schema[0]) ? [meta] : []
  );
  demandFewValues(chunks.reduce((sum, { num_values }) => sum + num_values, 0n));
  const asyncColumns = chunks.map((meta) => {
    const { path_in_schema: pathInSchema } = meta, schemaPath = getTreePath(tree, pathInSchema);
    const { element } = schemaPath[schemaPath.length - 1];
    const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
    const bytes = bytesAt(file, start, Number(meta.total_compressed_size));
    const column = { ...meta, pathInSchema, schemaPath, element, parsers, utf8: false };
    const data = columnValues(bytes, Number(meta.num_values), column, budget);
    return { pathInSchema, data: Promise.resolve({ skipped: 0, data }) };
  });
  const whole = { groupStart: 0, groupRows: count, selectStart: 0, selectEnd: count, asyncColumns };
  return await asyncGroupToRows(assembleAsync(whole, tree), 0, count, undefined, "object");
}

/** Rows that are read together. */
export interface RowGroup {
  /** Row number in its shard of the first. */
  readonly first: number;
  /** How many there are. */
  readonly count: number;
}

/** A shard that is being read. */
export interface OpenShard extends Disposable {
  /** Names of its columns. */
  readonly columns: readonly string[];
  /** Of the whole shard, in order. */
  readonly groups: readonly RowGroup[];
  /** Whether every value at the leaf `column` … `leaf` is there: none is null, no list is empty, as the footer says. */
  isFull(group: RowGroup, column: string, leaf: string): boolean;
  /** The rows of a group with these columns. Byte arrays that are no text come as `Uint8Array`. */
  read(group: RowGroup, columns: readonly string[]): Promise<Row[]>;
}

/**
 * Opens a shard that must have these columns.
 *
 * Errors, on opening or reading: a file that is cut short or no parquet, a column it does not have, more than fits into
 * memory together.
 */
export async function openShard(shard: Shard, columns: readonly string[]): Promise<OpenShard> {
  using opening = new DisposableStack();
  const opened = await openRegular(shard.path).catch((error) => {
    throw new OnesheetError(`Cannot read "${shard.path}": ${fileFault(error)}`, { cause: error });
  });
  const file = opening.use(opened);
  const metadata = await reading(shard, () => checked(footerOf(file)));
  const present = parquetSchema(metadata).children.map(({ element }) => element.name);
  const missing = columns.find((column) => !present.includes(column));
  if (missing !== undefined) {
    throw new OnesheetError(
      `Cannot read "${shard.path}": expected a column "${missing}", found ${listed(present)}`,
      { exitCode: 2 },
    );
  }
  let first = 0;
  const groups = metadata.row_groups.map(({ num_rows }) => {
    const group = { first, count: Number(num_rows) };
    first += group.count;
    return group;
  });
  const open = opening.move();
  const at = ({ first, count }: RowGroup) =>
    metadata.row_groups[groups.findIndex((group) => group.first === first && group.count === count)];
  return {
    columns: present,
    groups,
    isFull: (group, column, leaf) => {
      const chunk = at(group).columns.find(({ meta_data }) =>
        meta_data?.path_in_schema[0] === column && meta_data.path_in_schema.at(-1) === leaf
      );
      return chunk?.meta_data?.statistics?.null_count === 0n;
    },
    read: (group, columns) => reading(shard, () => groupRows(file, metadata, at(group), columns)),
    [Symbol.dispose]: () => open.dispose(),
  };
}
