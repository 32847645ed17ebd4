import { assertEquals, assertRejects } from "@std/assert";
import { parquetWriteBuffer } from "hyparquet-writer";
import { OnesheetError } from "../../src/base/errors.ts";
import { openShard, type Row } from "../../src/data/parquet.ts";
import { shardsOf } from "../../src/data/shards.ts";
import { hubRow, parquetOf, withDataset } from "./parquet_files.ts";

const row = (n: number) => hubRow(`plot ${n}`, "Drama", Uint8Array.of(n, 0xff, 0));

async function groupsOf(folder: string, columns: string[]): Promise<Row[][]> {
  const groups: Row[][] = [];
  for (const shard of (await shardsOf(folder)).shards) {
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
    using open = await openShard((await shardsOf(folder)).shards[0], ["images"]);
    assertEquals(open.groups, [{ first: 0, count: 2 }, { first: 2, count: 1 }]);
    assertEquals(open.groups.map((group) => open.isFull(group, "images", "bytes")), [false, true]);
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

Deno.test("a file that is cut short, damaged or no parquet at all is named, with what it is", async () => {
  const whole = parquetOf([row(0), row(1), row(2)]);
  const damaged = whole.slice();
  damaged.fill(0xff, 4, 60); // the first page header
  const ofText = (text: string) => new TextEncoder().encode(text);
  const broken: Record<string, [bytes: Uint8Array, sentence: string]> = {
    "cut at the end": [
      whole.subarray(0, whole.length - 20),
      "expected a whole parquet file, found one that is cut off",
    ],
    "cut at the start": [whole.subarray(whole.length - 300), "expected a parquet file, found other content"],
    "damaged": [damaged, "its parts contradict each other"],
    "text": [ofText("This is no parquet file at all."), "expected a parquet file, found other content"],
    "Git LFS": [ofText("version https://git-lfs.github.com/spec/v1\noid sha256:…"), "run `git lfs pull`"],
    "a web page": [ofText("<!DOCTYPE html>\n<html>"), "found a web page"],
    "encrypted": [ofText("PARE" + "x".repeat(20) + "PARE"), "found an encrypted parquet file"],
    "four bytes": [ofText("PAR1"), "expected a whole parquet file"],
  };
  for (const [how, [bytes, sentence]] of Object.entries(broken)) {
    await withDataset({ "a.parquet": bytes }, async (folder) => {
      await assertRejects(() => groupsOf(folder, ["messages", "images"]), OnesheetError, sentence, how);
    });
  }
});
