import { fileURLToPath } from "node:url";
import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { DEFAULT_PARSERS } from "hyparquet/src/convert.js";
import { join } from "node:path";
import { OnesheetError } from "../../src/base/errors.ts";
import { openFilms } from "../../src/data/films.ts";
import { openShard } from "../../src/data/parquet.ts";
import { Unreadable, wholeBudget } from "../../src/data/parquet_bounds.ts";
import { columnValues, type Decoder } from "../../src/data/parquet_pages.ts";
import { checkStruct } from "../../src/data/thrift.ts";
import { withDataset } from "./parquet_files.ts";

const golden = fileURLToPath(new URL("../golden/parquet/", import.meta.url));

Deno.test("a row of millions of items, or of a text as long as books, is left out with its reason, and the others are read", async () => {
  for (
    const [name, reason] of [["many", "a list of 65536 items or more"], [
      "huge",
      "more than 1048576 characters",
    ]]
  ) {
    const file = await Deno.readFile(join(golden, `${name}.parquet`));
    await withDataset({ "films.parquet": file }, async (folder, places) => {
      const films = await openFilms(folder, undefined, places);
      assertEquals([...films.rows], [0, 2, 3]);
      assertEquals(films.skipped.map(({ row }) => row), [1]);
      assertStringIncludes(films.skipped[0].reason, reason);
      const posters = await Array.fromAsync(films.images(Int32Array.of(0, 1, 2)));
      assertEquals(posters.map(({ row }) => row), [0, 2, 3]);
    });
  }
});

Deno.test("a page of zeros that unpacks to 600 MB is refused by its header", async () => {
  const path = join(golden, "inflated.parquet");
  using shard = await openShard({ path, name: "inflated", size: (await Deno.stat(path)).size }, []);
  await assertRejects(
    () => shard.read(shard.groups[0], ["images"]),
    OnesheetError,
    "expected pages that grow by at most",
  );
});

/** An unsigned number in groups of seven bits. */
const varint = (value: number): number[] =>
  value < 128 ? [value] : [value % 128 + 128, ...varint(Math.floor(value / 128))];

/** A struct of Thrift's compact protocol; fields are whole numbers from 0 on, or structs. */
type Struct = readonly (readonly [field: number, value: number | Struct])[];

function struct(fields: Struct): number[] {
  const bytes: number[] = [];
  let last = 0;
  for (const [field, value] of fields) {
    const type = typeof value === "number" ? 5 : 12;
    bytes.push(
      (field - last) * 16 + type,
      ...(typeof value === "number" ? varint(value * 2) : struct(value)),
    );
    last = field;
  }
  return [...bytes, 0];
}

const RLE = 3, PLAIN = 0, RLE_DICTIONARY = 8, DELTA_BYTE_ARRAY = 7;

/** A data page of these numbers of values and bytes. */
const page = (
  values: number,
  encoding: number,
  body: readonly number[],
  unpacked = body.length,
): number[] => [
  ...struct([[1, 0], [2, unpacked], [3, body.length], [5, [[1, values], [2, encoding], [3, RLE], [4, RLE]]]]),
  ...body,
];

const required: Decoder = {
  pathInSchema: ["a"],
  type: "BYTE_ARRAY",
  element: { name: "a", type: "BYTE_ARRAY", repetition_type: "REQUIRED" },
  schemaPath: [
    { count: 2, element: { name: "root", num_children: 1 }, children: [], path: [] },
    {
      count: 1,
      element: { name: "a", type: "BYTE_ARRAY", repetition_type: "REQUIRED" },
      children: [],
      path: ["a"],
    },
  ],
  codec: "UNCOMPRESSED",
  parsers: DEFAULT_PARSERS,
  utf8: false,
};
const optional: Decoder = {
  ...required,
  schemaPath: required.schemaPath.map((node) =>
    node.element.name === "a" ? { ...node, element: { ...node.element, repetition_type: "OPTIONAL" } } : node
  ),
};

const valuesOf = (bytes: number[], count: number, decoder: Decoder) =>
  columnValues(Uint8Array.from(bytes), count, decoder, wholeBudget());

/** Runs of one value behind their length of four bytes. */
const run = (count: number, value: number): number[] => {
  const bytes = [...varint(count * 2), value];
  return [bytes.length, 0, 0, 0, ...bytes];
};

Deno.test("a page is read as its header says", () => {
  const bytes = [1, 0, 0, 0, 120]; // one byte array, "x"
  assertEquals(valuesOf(page(1, PLAIN, bytes), 1, required), [[Uint8Array.of(120)]]);
  assertEquals(valuesOf(page(2, PLAIN, [...run(2, 1), ...bytes, ...bytes]), 2, optional).flat().length, 2);
});

Deno.test("runs, counts and sizes beyond what there is are refused before room is made for them", () => {
  const huge = 2 ** 30 - 1;
  const cases: Record<string, [bytes: number[], decoder: Decoder]> = {
    "levels of a billion values": [page(1, PLAIN, [...run(huge, 1), 1, 0, 0, 0, 120]), optional],
    "indices of a billion values": [page(1, RLE_DICTIONARY, [1, ...varint(huge * 2), 0]), required],
    "a page of more values than its column": [page(huge, PLAIN, []), required],
    "a page of more bytes than its column": [
      struct([[1, 0], [2, 9], [3, huge], [5, [[1, 1], [2, 0]]]]),
      required,
    ],
    "a page of no kind": [struct([[1, 7], [2, 0], [3, 0]]), required],
    "more values than a page may have": [page(2 ** 25, PLAIN, []), required],
    "a page without its header": [struct([[1, 3], [2, 0], [3, 0], [5, [[1, 1]]]]), required],
  };
  for (const [name, [bytes, decoder]] of Object.entries(cases)) {
    assertThrows(() => valuesOf(bytes, 1, decoder), Error, undefined, name);
  }
});

Deno.test("a page that would unpack beyond the bound is refused by its header, in every codec", () => {
  for (const codec of ["SNAPPY", "GZIP", "BROTLI", "ZSTD", "LZ4", "LZ4_RAW"] as const) {
    const bytes = page(1, PLAIN, [0, 0, 0, 0], 2 ** 31 - 1);
    assertThrows(
      () => valuesOf(bytes, 1, { ...required, codec }),
      Unreadable,
      "expected pages that grow",
      codec,
    );
  }
});

Deno.test("a dictionary of more entries than fit, and prefixes that add up to more, are refused", () => {
  const dictionary = [...struct([[1, 2], [2, 4], [3, 4], [7, [[1, 2 ** 30], [2, 0]]]]), 0, 0, 0, 0];
  assertThrows(() => valuesOf(dictionary, 1, required), Unreadable, "values in a page");
  // Blocks of 128 values in one part, 100 values; the first prefix is 10,000,000 long, and the others are, too.
  const first = varint(10_000_000 * 2), lengths = [128, 1, 1, 100, ...first, 0, 0];
  assertThrows(() => valuesOf(page(100, DELTA_BYTE_ARRAY, lengths), 100, required), Unreadable, "grow");
});

Deno.test("a codec that is not supported is named, with what to do", () => {
  const decoder: Decoder = { ...required, codec: "LZO" };
  assertThrows(() => valuesOf(page(1, PLAIN, [0]), 1, decoder), Unreadable, "compressed with LZO");
});

Deno.test("headers with numbers, lists and structs without end are refused", () => {
  const check = (bytes: number[]) =>
    checkStruct({ view: new DataView(Uint8Array.from(bytes).buffer), offset: 0 });
  check([0x15, 2, 0]);
  assertThrows(() => check([0x16, ...new Array(1000).fill(0xff), 0]), Error, "more than 10 bytes");
  assertThrows(() => check([0x19, 0xfc, ...varint(2 ** 30), 0]), Error, "which are not there");
  assertThrows(() => check([0x18, ...varint(2 ** 30), 0]), Error, "which are not there");
  assertThrows(() => check(new Array(1000).fill(0x1c)), Error, "structs");
});
