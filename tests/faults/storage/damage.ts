/** Damage to files that were whole: bits that flip and ends that go missing, in checkpoints and in the cache. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { adamw, imagenet, mmimdb, type OnesheetError, type Random, random } from "../../../mod.ts";
import { type HubRow, hubRow, parquetOf, withDataset } from "../../data/parquet_files.ts";
import { outcome, run } from "../../train/runs.ts";
import { tiny, withRun } from "../../train/tiny.ts";
import { encodePng } from "../../../src/data/drawn/png.ts";
import { portable } from "../../../src/engine/portable.ts";
import { runFiles } from "../../../src/train/run.ts";
import type { Fault } from "../campaign.ts";

/** Flips one bit of a file, or cuts its end off. */
export async function damage(path: string, { integer, uniform }: Random): Promise<void> {
  const bytes = await Deno.readFile(path);
  if (uniform() < 0.3) return await Deno.writeFile(path, bytes.subarray(0, integer(bytes.length)));
  bytes[integer(bytes.length)] ^= 1 << integer(8);
  await Deno.writeFile(path, bytes);
}

const engine = await portable();
const recipe = tiny({ optimizer: adamw() });
const options = { engine, checkpointEvery: { steps: 1 } } as const;
let whole: Promise<unknown> | undefined;

/** What the run comes to that nothing disturbs. */
const undisturbed = (): Promise<unknown> => {
  const compute = async () => {
    let found: unknown;
    await withRun(async (folder) => {
      await run(recipe, { ...options, folder });
      found = await outcome(folder);
    });
    return found;
  };
  return whole ??= compute();
};

const pick = <T>(from: readonly T[], { integer }: Random): T => from[integer(from.length)];
const filesOf = (folder: string) =>
  [...Deno.readDirSync(folder)].map(({ name }) => join(folder, name)).sort();

/** A run is left half done, a file of its last checkpoint is damaged, and it goes on. */
const lastCheckpoint = (draw: Random): Fault => ({
  what: "a bit flips in the last checkpoint, or its end is missing",
  inject: () =>
    withRun(async (folder) => {
      await run(recipe, { ...options, folder, maxSteps: 2 + draw.integer(9) });
      await damage(pick(filesOf(runFiles(folder).last), draw), draw);
      const told: string[] = [];
      await run(recipe, { ...options, folder, resume: true, tell: (line) => told.push(line) });
      assert(
        told.some((line) => /^warning: .*going on from the checkpoint before it$/.test(line)),
        told.join(),
      );
      assertEquals(await outcome(folder), await undisturbed());
    }),
});

/** Both checkpoints are damaged: a sentence, and both stay for whoever wants to mend them. */
const bothCheckpoints = (draw: Random): Fault => ({
  what: "bits flip in both checkpoints, or their ends are missing",
  inject: () =>
    withRun(async (folder) => {
      await run(recipe, { ...options, folder, maxSteps: 2 + draw.integer(9) });
      const { last, previous } = runFiles(folder);
      for (const checkpoint of [last, previous]) await damage(pick(filesOf(checkpoint), draw), draw);
      const again = () => run(recipe, { ...options, folder, resume: true });
      const { message } = await assertRejects<Error>(again, Error, "put a copy back");
      assert(!/\p{Cc}/u.test(message), message);
      assertEquals([filesOf(last).length, filesOf(previous).length], [4, 4]);
    }),
});

const picture = (n: number) => {
  const { integer } = random("picture", n);
  return encodePng({
    width: 9,
    height: 12,
    data: Uint8ClampedArray.from({ length: 324 }, () => integer(256)),
  });
};
const rows: HubRow[] = Array.from(
  { length: 24 },
  (_, n) => hubRow(`plot number ${n} of them`, n % 3 ? "Drama" : "War", picture(n)),
);
const words = new TextEncoder().encode("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nplot\nnumber\nof\nthem\n");
const files = { "data/train-0.parquet": parquetOf(rows), "vocab.txt": words };
const source = mmimdb({ pixels: 8, tokens: 12, ...imagenet }).made;

/** Everything that a data set gives. */
async function allOf(data: string, places: Parameters<typeof source.open>[1]): Promise<unknown> {
  await using set = await source.open({ data }, places);
  const batch = (rows: typeof set.train) => rows.batch(Int32Array.from({ length: rows.size }, (_, i) => i));
  return [set.labels, set.skipped, await batch(set.train), await batch(set.validation)];
}

/** A file of the cache is damaged: the data set is the same, or a sentence says which file to remove. */
const cacheFile = (draw: Random): Fault => ({
  what: "a bit flips in a file of the cache, or its end is missing",
  inject: () =>
    withDataset(files, async (data, places) => {
      const before = await allOf(data, places);
      const kept = ["films", "posters"].flatMap((name) => filesOf(join(places.cache, name)));
      const path = pick(kept.filter((path) => Deno.statSync(path).size > 0), draw);
      await damage(path, draw);
      const after = await allOf(data, places).catch((error: OnesheetError) => error);
      if (!(after instanceof Error)) return assertEquals(after, before);
      assert(after.message.includes(path) && after.message.includes("remove it"), after.message);
      await Deno.remove(path);
      assertEquals(await allOf(data, places), before);
    }),
});

/** So many of each. */
export function damageFaults(count: number): Fault[] {
  const draw = random("damage");
  return [lastCheckpoint, bothCheckpoints, cacheFile].flatMap((fault, i) =>
    Array.from({ length: i === 1 ? Math.ceil(count / 5) : count }, () => fault(draw))
  );
}
