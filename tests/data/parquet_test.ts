import { assertEquals, assertRejects } from "@std/assert";
import { parquetWriteBuffer } from "hyparquet-writer";
import { OnesheetError } from "../../src/base/errors.ts";
import { openShard, type Row, shardsOf } from "../../src/data/parquet.ts";
import { hubRow, parquetOf, withDataset } from "./parquet_files.ts";

const row = (n: number) => hubRow(`plot ${n}`, "Drama", Uint8Array.of(n, 0xff, 0));
const small = parquetOf([row(0)]);

async function groupsOf(folder: string, columns: string[]): Promise<Row[][]> {
  const groups: Row[][] = [];
  for (const shard of await shardsOf(folder)) {
    using open = await openShard(shard, columns);
    for (const group of open.groups) groups.push(await open.read(group, columns));
  }
  return groups;
}

Deno.test("rows come a row group at a time with nested text and raw bytes", async () => {
  const rows = [row(0), { messages: [], images: [{ bytes: null, path: "x" }] }, row(2)];
  await withDataset({ "data/train.parquet": parquetOf(rows) }, async (folder) => {
    const groups = await groupsOf(folder, ["messages", "images"]);
    assertEquals(groups.map((group) => group.length), [2, 1]);
    assertEquals(groups.flat(), rows as unknown as Row[]);
    using open = await openShard((await shardsOf(folder))[0], ["images"]);
    assertEquals(open.groups, [{ first: 0, count: 2 }, { first: 2, count: 1 }]);
    assertEquals(open.groups.map((group) => open.isFull(group, "images", "bytes")), [false, true]);
  });
});

Deno.test("shards are taken in natural order, from data when it has some, and only train-* of several splits", async () => {
  const names = async (folder: string) => (await shardsOf(folder)).map(({ name }) => name);
  await withDataset(
    { "part-10.parquet": small, "part-9.parquet": small, "notes.txt": small },
    async (folder) => {
      assertEquals(await names(folder), ["part-9.parquet", "part-10.parquet"]);
      await Deno.writeFile(`${folder}/data/test-0.parquet`, small);
      assertEquals(await names(folder), ["test-0.parquet"]);
      await Deno.writeFile(`${folder}/data/train-0.parquet`, small);
      assertEquals(await names(folder), ["train-0.parquet"]);
    },
  );
});

Deno.test("no folder, a file instead of one and a folder without parquet are said in a sentence", async () => {
  await withDataset({ "x.txt": small }, async (folder) => {
    const absent = await assertRejects(
      () => shardsOf(`${folder}/absent`),
      OnesheetError,
      "expected a folder",
    );
    assertEquals(absent.exitCode, 2);
    await assertRejects(() => shardsOf(`${folder}/x.txt`), OnesheetError, "expected a folder");
    await assertRejects(() => shardsOf(folder), OnesheetError, "expected parquet files");
  });
});

Deno.test("a missing column is named with the columns there are", async () => {
  const other = new Uint8Array(parquetWriteBuffer({ columnData: [{ name: "title", data: ["x"] }] }));
  await withDataset({ "a.parquet": other }, async (folder) => {
    await assertRejects(
      () => groupsOf(folder, ["messages"]),
      OnesheetError,
      'a.parquet": expected a column "messages", found title',
    );
  });
});

Deno.test("a file that is cut short, empty, damaged or no parquet at all is named", async () => {
  const whole = parquetOf([row(0), row(1), row(2)]);
  const damaged = whole.slice();
  damaged.fill(0xff, 4, 60); // the first page header
  const broken = {
    "cut at the end": whole.subarray(0, whole.length - 20),
    "cut at the start": whole.subarray(whole.length - 300),
    "empty": new Uint8Array(),
    "text": new TextEncoder().encode("This is no parquet file at all."),
    "damaged": damaged,
  };
  for (const [how, bytes] of Object.entries(broken)) {
    await withDataset({ "a.parquet": bytes }, async (folder) => {
      await assertRejects(
        () => groupsOf(folder, ["messages", "images"]),
        OnesheetError,
        "expected a whole parquet",
        how,
      );
    });
  }
});
