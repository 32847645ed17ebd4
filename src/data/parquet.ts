/** Rows of a folder of parquet shards, one row group at a time, so that a set larger than memory can be read. */
import { type FileMetaData, parquetMetadataAsync, parquetReadObjects, parquetSchema } from "hyparquet";
import { join } from "node:path";
import { messageOf, oneLine, OnesheetError } from "../base/errors.ts";
import { bytesAt } from "./read.ts";

/** One file of a data set. */
export interface Shard {
  /** Its place on this machine. */
  readonly path: string;
  /** Its name in its folder. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

/** A row: its values by column. */
export type Row = Readonly<Record<string, unknown>>;

const naturally = new Intl.Collator("en", { numeric: true });

/** The parquet files of a folder in order; undefined when there is no such folder. */
async function parquetFiles(folder: string): Promise<string[] | undefined> {
  const names: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (!isDirectory && name.endsWith(".parquet")) names.push(name);
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw new OnesheetError(`Cannot open the data "${folder}": ${messageOf(error)}`, { cause: error });
  }
  return names.sort(naturally.compare);
}

/**
 * The shards of a data set, in order: the parquet files in the folder's `data`, or in the folder itself;
 * of several splits the `train-…` files.
 *
 * Errors: no such folder (a wrong usage), a folder without parquet files.
 */
export async function shardsOf(folder: string): Promise<Shard[]> {
  const inside = join(folder, "data");
  const [ofInside, ofFolder] = [await parquetFiles(inside), await parquetFiles(folder)];
  if (ofFolder === undefined) {
    throw new OnesheetError(`Cannot open the data "${folder}": expected a folder, found none`, {
      exitCode: 2,
    });
  }
  const [place, names] = ofInside?.length ? [inside, ofInside] : [folder, ofFolder];
  if (names.length === 0) {
    throw new OnesheetError(
      `Cannot open the data "${folder}": expected parquet files in it or in its folder "data", found none`,
    );
  }
  const train = names.filter((name) => name.startsWith("train-"));
  return await Promise.all((train.length > 0 ? train : names).map(async (name) => {
    const path = join(place, name);
    return { path, name, size: (await Deno.stat(path)).size };
  }));
}

/**
 * A file as hyparquet reads one: it asks for several parts at once. A part that is not there rejects, and may be
 * forgotten: were it thrown, or waited for by nobody, parts that were asked for beside it would end the process.
 */
const sliced = (file: Deno.FsFile, byteLength: number) => ({
  byteLength,
  slice: (start: number, end: number = byteLength): Promise<ArrayBuffer> => {
    const read = (): ArrayBuffer => {
      if (start >= 0 && start <= end && end <= byteLength) return bytesAt(file, start, end - start).buffer;
      throw new RangeError(`it names bytes ${start} to ${end} of ${byteLength}`);
    };
    const part = new Promise<ArrayBuffer>((resolve) => resolve(read()));
    part.catch(() => {});
    return part;
  },
});

/** Runs a read of a shard; what hyparquet throws becomes a sentence that names the file. */
async function reading<T>({ path }: Shard, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new OnesheetError(
      `Cannot read "${path}": expected a whole parquet file, found one that does not read ` +
        `(${oneLine(messageOf(error))}); fetch or copy it again`,
      { cause: error },
    );
  }
}

/**
 * Throws where the footer contradicts itself: hyparquet finds that in the middle of a read, when it has begun with other
 * columns, whose failure would then end the process, or makes room for rows that are not there.
 */
function checked(metadata: FileMetaData): FileMetaData {
  const root = parquetSchema(metadata);
  for (const { columns, num_rows } of metadata.row_groups) {
    for (const { meta_data } of columns) {
      const path = meta_data?.path_in_schema ?? [];
      let node: typeof root | undefined = root;
      for (const name of path) node = node?.children.find(({ element }) => element.name === name);
      if (node === undefined || path.length === 0) {
        throw new Error(`its schema has no column "${path.join(".")}"`);
      }
      const values = meta_data?.num_values ?? 0n;
      if (num_rows < 0n || num_rows > values) {
        throw new Error(`it names ${num_rows} rows with ${values} values`);
      }
    }
  }
  return metadata;
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
 * Errors, on opening or reading: a file that is cut short or no parquet, a column it does not have.
 */
export async function openShard(shard: Shard, columns: readonly string[]): Promise<OpenShard> {
  using opening = new DisposableStack();
  const file = sliced(opening.use(await reading(shard, () => Deno.open(shard.path))), shard.size);
  const metadata = await reading(shard, async () => checked(await parquetMetadataAsync(file)));
  const present = parquetSchema(metadata).children.map(({ element }) => element.name);
  const missing = columns.find((column) => !present.includes(column));
  if (missing !== undefined) {
    throw new OnesheetError(
      `Cannot read "${shard.path}": expected a column "${missing}", found ${oneLine(present.join(", "))}`,
    );
  }
  let first = 0;
  const groups = metadata.row_groups.map(({ num_rows }) => {
    const group = { first, count: Number(num_rows) };
    first += group.count;
    return group;
  });
  const open = opening.move();
  return {
    columns: present,
    groups,
    isFull: (group, column, leaf) => {
      const { columns } = metadata.row_groups[groups.indexOf(group)];
      const chunk = columns.find(({ meta_data }) =>
        meta_data?.path_in_schema[0] === column && meta_data.path_in_schema.at(-1) === leaf
      );
      return chunk?.meta_data?.statistics?.null_count === 0n;
    },
    read: ({ first, count }, columns) =>
      reading(shard, () =>
        parquetReadObjects({
          file,
          metadata,
          columns: [...columns],
          rowStart: first,
          rowEnd: first + count,
          utf8: false,
        })),
    [Symbol.dispose]: () => open.dispose(),
  };
}
