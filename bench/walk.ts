/** What a data set of many rows takes: a process that opens it and walks an epoch of its batches. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../src/base/cache.ts";
import type { CorpusDataset } from "../src/data/corpus_dataset.ts";
import { openChild, serve } from "./child.ts";
import { timed } from "./ours.ts";
import { openRows, smallPoster, walkEpoch, writeRows } from "./rows.ts";

/** Seconds, and the greatest resident memory in gigabytes. */
export interface Walked {
  /** From parquet to everything that is kept. */
  readonly opened: number;
  /** All batches of an epoch, training and validation. */
  readonly epoch: number;
  readonly gigabytes: number;
}

/** Opens a data set of so many rows with small posters, nothing of it kept yet, and walks an epoch. */
export async function walked(rows: number, place: string = join(cacheFolder(), "bench")): Promise<Walked> {
  const folder = join(place, `small-${rows}`), cache = join(place, "walk");
  await writeRows(folder, rows, smallPoster);
  await Deno.remove(cache, { recursive: true }).catch(() => {});
  await using child = await openChild([
    ...[Deno.execPath(), "run", "-A", fileURLToPath(import.meta.url)] as const,
    ...[folder, cache],
  ]);
  const opened = await child.ask("open"), epoch = await child.ask("epoch");
  const gigabytes = await child.peakMemory() / 1e9;
  await Deno.remove(cache, { recursive: true });
  return { opened, epoch, gigabytes };
}

if (import.meta.main) {
  const [folder, cache] = Deno.args;
  await using open = new AsyncDisposableStack(); // the set's threads would keep the process alive
  let set: CorpusDataset;
  await serve(() =>
    Promise.resolve({
      about: folder,
      measures: {
        open: timed(async () => set = open.use(await openRows(folder, cache, { pixels: 48, augment: [] }))),
        epoch: timed(() => walkEpoch(set, { seed: 42, epoch: 0 })),
      },
    })
  );
}
