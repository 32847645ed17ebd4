/** Files of other programs: tensors, tables and text, of any names, types and packing. */
import { readCsv } from "../../../src/data/csv.ts";
import { openShard } from "../../../src/data/parquet.ts";
import { openSafetensors } from "../../../src/store/safetensors.ts";
import type { Area, Generator, Question } from "../area.ts";
import type { Draw } from "../draw.ts";

const list = <Item>(count: number, make: (i: number) => Item): Item[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** Names that objects have of their own, and those that other programs get wrong. */
const names = [
  ...[
    "a",
    "0",
    "10",
    "1.weight",
    "__proto__",
    "constructor",
    "toString",
    "weird name",
    "ünïcode/ß",
    "漢字",
    "😀.x",
  ],
  ...['a"b', "back\\slash", "a.b.c..d", ".", "x".repeat(300), "e\u0301", "é", "-1", "NaN", "null", "length"],
];

/** Text with what quotes, lines and separators are made of. */
const text = (draw: Draw): string =>
  list(
    draw.int(0, 8),
    () => draw.pick("a", "B", "ß", "漢", "😀", " ", '"', ",", ";", "'", "\n", "\\", "0", "|", "\t"),
  )
    .join("");

const dtypes = ["float32", "float16", "bfloat16", "float64", "int64", "int32", "int16", "uint8", "bool"];

const tensor = (draw: Draw) => {
  const dtype = draw.pick(...dtypes),
    shape = draw.pick([], [0], [3, 0, 2], [1], draw.shape(1, 5), draw.shape(2, 4));
  const size = shape.reduce((n, d) => n * d, 1),
    isFloat = /float/.test(dtype),
    scale = 10 ** draw.uniform(-6, 4);
  const numbers = list(size, () => {
    if (!isFloat) return dtype === "bool" ? draw.int(0, 1) : draw.int(dtype === "uint8" ? 0 : -120, 120);
    return draw.chance(0.1)
      ? draw.pick(Infinity, -Infinity, NaN, 0, 6e-8, 1e-40)
      : draw.uniform(-scale, scale);
  });
  return { dtype, shape, values: numbers };
};

const cell: Readonly<Record<string, (draw: Draw) => unknown>> = {
  text,
  texts: (draw) => list(draw.int(0, 3), () => text(draw)),
  int64: (draw) => draw.int(-(2 ** 40), 2 ** 40),
  int32: (draw) => draw.int(-1000, 1000),
  double: (draw) => draw.uniform(-1e6, 1e6),
  bool: (draw) => draw.chance(0.5),
  bytes: (draw) => draw.ints(draw.int(0, 6), 256),
};

const kinds: Readonly<Record<string, Generator>> = {
  safetensors: (draw) => ({
    settings: {
      tensors: Object.fromEntries(
        draw.order(names.length).slice(0, draw.int(0, 8)).map((i) => [names[i], tensor(draw)]),
      ),
      metadata: draw.pick<unknown>(null, { format: "pt" }, { __proto__x: "x", a: "ü\n" }),
    },
  }),
  parquet: (draw) => {
    const rows = draw.int(1, 40), isFull = draw.chance(0.5);
    const columns = list(draw.int(1, 4), (i) => {
      const type = draw.pick(...Object.keys(cell));
      const values = list(rows, () => isFull || draw.chance(0.8) ? cell[type](draw) : null);
      return [`${draw.pick("poster", "genres", "ü", "a.b")}${i}`, { type, values }] as const;
    });
    return {
      settings: {
        columns: Object.fromEntries(columns),
        options: {
          compression: draw.pick("none", "snappy", "gzip", "brotli", "zstd", "lz4"),
          row_group_size: draw.int(1, rows),
          data_page_version: draw.pick("1.0", "2.0"),
          use_dictionary: draw.chance(0.5),
          data_page_size: draw.pick(64, 1024, 2 ** 20),
        },
      },
    };
  },
  csv: (draw) => {
    const columns = list(draw.int(2, 5), (i) => `column ${i}`);
    return {
      settings: {
        columns,
        rows: list(draw.int(1, 12), () => columns.map(() => text(draw))),
        ...{ delimiter: draw.pick(",", ";", "\t"), terminator: draw.pick("\n", "\r\n") },
        ...{ quotesAll: draw.chance(0.5), hasMark: draw.chance(0.3) },
      },
    };
  },
};

/** Reads bytes as a file; gone afterwards. */
async function readAs<Read>(bytes: Uint8Array, read: (path: string) => Promise<Read>): Promise<Read> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, bytes);
    return await read(path);
  } finally {
    await Deno.remove(path);
  }
}

async function tensorsOf(path: string): Promise<unknown> {
  using file = await openSafetensors(path);
  const found: [string, unknown][] = [];
  for (const name of file.entries.keys()) {
    const { shape, data } = await file.read(name);
    found.push([name, { shape, data }]);
  }
  return Object.fromEntries(found);
}

/** Values as JSON has them. */
const plain = (value: unknown): unknown =>
  typeof value === "bigint" ? Number(value) : value instanceof Uint8Array ? [...value] : value ?? null;

async function rowsOf(path: string, columns: readonly string[]): Promise<unknown> {
  using shard = await openShard({ path, name: "table.parquet", size: (await Deno.stat(path)).size }, columns);
  const groups: unknown[] = [];
  for (const group of shard.groups) {
    for (const row of await shard.read(group, columns)) {
      groups.push(Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])));
    }
  }
  return groups;
}

const cellsOf = async (path: string, required: readonly string[]): Promise<unknown> =>
  (await Array.fromAsync(readCsv(path, { filled: [], required }))).map((row) =>
    "cells" in row ? row.cells : row.fault
  );

/** Files. */
export const files: Area = {
  name: "files",
  against: "safetensors, pyarrow, Python's csv",
  packages: ["torch", "safetensors", "pyarrow"],
  isComputed: false,
  limit: 0,
  kinds,
  answer: ({ kind, settings }: Question, _, given) =>
    readAs(given as Uint8Array, (path) => {
      if (kind === "safetensors") return tensorsOf(path);
      const columns = settings.columns as Readonly<Record<string, unknown>> | readonly string[];
      return kind === "parquet"
        ? rowsOf(path, Object.keys(columns))
        : cellsOf(path, columns as readonly string[]);
    }),
};
