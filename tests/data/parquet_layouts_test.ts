import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { posterFault, posterOf, textOf } from "../../src/data/messages.ts";
import { openShard, type Row } from "../../src/data/parquet.ts";

const golden = new URL("../golden/parquet/", import.meta.url);
const expected: Record<string, unknown[]> = JSON.parse(await Deno.readTextFile(new URL("rows.json", golden)));
const names = [...Deno.readDirSync(golden)].map(({ name }) => /^(.*)\.parquet$/.exec(name)?.[1])
  .filter((name) => name !== undefined && !["many", "huge", "inflated"].includes(name)).sort() as string[];

/** Every row of a golden file, with all of its columns. */
async function rowsIn(name: string): Promise<Row[]> {
  const path = join(fileURLToPath(golden), `${name}.parquet`), rows: Row[] = [];
  using shard = await openShard({ path, name, size: (await Deno.stat(path)).size }, []);
  for (const group of shard.groups) rows.push(...await shard.read(group, shard.columns));
  return rows;
}

/** As the golden rows are written. */
const plain = (value: unknown): unknown =>
  value instanceof Uint8Array
    ? value.toHex()
    : typeof value === "bigint"
    ? Number(value)
    : Array.isArray(value)
    ? value.map(plain)
    : typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]))
    : value ?? null;

for (const name of names) {
  Deno.test(`${name}.parquet holds the rows that pyarrow reads`, async () => {
    assertEquals((await rowsIn(name)).map(plain), expected[name] ?? expected["pyarrow-none"]);
  });
}

Deno.test("a row has its image as a struct, as bytes, or as a list of either", async () => {
  const usual = (await rowsIn("pyarrow-none")).map(posterOf);
  assertEquals(usual.length, 4);
  for (const name of ["struct", "bytes", "bytes-list", "large", "required", "polars", "pandas"]) {
    assertEquals((await rowsIn(name)).map(posterOf), usual, name);
  }
});

Deno.test("a row without an image or a text is one without it, in any of the ways to have none", async () => {
  const rows = await rowsIn("holes");
  assertEquals(rows.map((row) => textOf(row) !== undefined), [false, true, true, true]);
  assertEquals(rows.map((row) => posterOf(row) !== undefined), [true, false, false, false]);
  assertEquals(rows.slice(1).map(posterFault), [
    "it has no image",
    "it has no image",
    'it has the path of an image and not the image, "x"; write the file with its images in it',
  ]);
});
