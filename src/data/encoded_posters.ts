/** The posters of a data set as its shards have them: encoded files, a row group in memory at a time. */
import type { EncodedPoster } from "./corpus.ts";
import { posterOf } from "./messages.ts";
import { openShard } from "./parquet.ts";
import type { Shard } from "./shards.ts";

/**
 * The posters of some examples in the order of the data set; `rows` has the row number of each. `onFirst` sees those of
 * the first row group before any is given out.
 */
export async function* encodedPosters(
  shards: readonly Shard[],
  rows: Int32Array,
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
        // Where the footer was wrong about it: no bytes are no image, which decoding says.
        poster: posterOf(records[rows[example] - start]) ?? new Uint8Array(),
      }));
      if (next === 0) await onFirst(posters);
      next = end;
      yield* posters;
    }
    shardStart += open.groups.reduce((sum, { count }) => sum + count, 0);
  }
}
