/** The posters of a data set as its shards have them: encoded files, a row group in memory at a time. */
import type { Films } from "./films.ts";
import { posterOf } from "./messages.ts";
import { openShard } from "./parquet.ts";

/** The poster of an example. */
export interface EncodedPoster {
  /** Its position among the rows that count. */
  readonly example: number;
  /** Its row number in the data set. */
  readonly row: number;
  /** The image file. */
  readonly poster: Uint8Array;
}

/**
 * The posters of some examples in the order of the data set. `onFirst` sees those of the first row group before any is
 * given out.
 */
export async function* encodedPosters(
  { shards, rows }: Films,
  examples: Int32Array,
  onFirst: (posters: readonly EncodedPoster[]) => Promise<void> = () => Promise.resolve(),
): AsyncGenerator<EncodedPoster> {
  const wanted = examples.toSorted();
  let next = 0, shardStart = 0;
  for (const shard of shards) {
    using open = await openShard(shard, ["images"]);
    for (const { first, count } of open.groups) {
      const start = shardStart + first;
      let end = next;
      while (end < wanted.length && rows[wanted[end]] < start + count) end++;
      const here = wanted.subarray(next, end);
      if (here.length === 0) continue;
      const records = await open.read({ first, count }, ["images"]);
      const posters = Array.from(here, (example) => ({
        example,
        row: rows[example],
        poster: posterOf(records[rows[example] - start])!,
      }));
      if (next === 0) await onFirst(posters);
      next = end;
      yield* posters;
    }
    shardStart += open.groups.reduce((sum, { count }) => sum + count, 0);
  }
}
