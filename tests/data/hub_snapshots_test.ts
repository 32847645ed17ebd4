import { assertEquals } from "@std/assert";
import { countsWhole } from "../../src/data/hub/snapshots.ts";

const shards = (head: string, total: number, missing?: number) =>
  Array.from({ length: total }, (_, i) => i).filter((i) => i !== missing).map((i) =>
    `${head}-${`${i}`.padStart(5, "0")}-of-${`${total}`.padStart(5, "0")}.parquet`
  );

Deno.test("shards are whole when every one that their names count is there", () => {
  const cases: [string[], boolean][] = [
    [shards("data/train", 11), true],
    [shards("data/train", 1), true],
    [[...shards("data/train", 11), ...shards("data/test", 2)], true],
    [[...shards("data/train", 3), ...shards("data/train-large", 2)], true],
    [shards("data/train", 11, 7), false],
    [[...shards("data/train", 11), ...shards("data/test", 2, 0)], false],
    [[...shards("data/train", 3, 0), ...shards("other/train", 3, 1)], false],
    [[...shards("data/train", 3), "data/extra.parquet"], false],
    [["train.parquet"], false],
    [[], false],
  ];
  for (const [names, whole] of cases) assertEquals(countsWhole(names), whole, names.join(" "));
});
