/** `data`: posters of 1 to 3 megapixels, from parquet to the model's inputs. */
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { cacheFolder } from "../src/base/cache.ts";
import { type Bench, type BenchOptions, type Figure, figureOf, inTurns } from "./bench.ts";
import { type Child, openChild } from "./child.ts";
import { engineOf } from "./ours.ts";
import { largePoster } from "./posters.ts";
import { reducedDifferences } from "./reduced.ts";
import { openRows, walkEpoch, writeRows } from "./rows.ts";
import { waitingShare } from "./wait.ts";
import { exact, recipeOf } from "./workload.ts";

/** Posters of the data set. */
const ROWS = 320;

/** Steps of training that are watched for waiting, behind one that is not. */
const STEPS = 6;

/** Opens the set with an empty cache; milliseconds a poster of opening and of the first and the second epoch. */
async function ours(
  folder: string,
  cache: string,
): Promise<{ first: number; opened: number; later: number }> {
  await Deno.remove(cache, { recursive: true }).catch(() => {});
  const start = performance.now();
  await using set = await openRows(folder, cache);
  const opened = performance.now();
  const draw = { seed: 42, epoch: 0 };
  const rows = await walkEpoch(set, draw);
  const first = performance.now();
  await walkEpoch(set, { ...draw, epoch: 1 });
  const later = performance.now();
  return { opened: (opened - start) / rows, first: (first - start) / rows, later: (later - first) / rows };
}

/** The peer on the same rows of the same sides. */
async function peerOf(python: string, folder: string, cache: string): Promise<Child> {
  await using set = await openRows(folder, cache);
  const sides = join(cache, "sides.json");
  const rows = ({ ids }: { readonly ids: Int32Array }) => Array.from(ids);
  await Deno.writeTextFile(
    sides,
    JSON.stringify({ train: rows(set.train), validation: rows(set.validation) }),
  );
  return await openChild([python, fileURLToPath(new URL("peer/data.py", import.meta.url)), folder, sides]);
}

/** The share of a training of the exact recipe on the set that no session call is under way in, in percent. */
async function waiting(folder: string, cache: string, engine: BenchOptions["engine"]): Promise<number> {
  await using set = await openRows(folder, cache);
  const recipe = recipeOf({ ...exact, labels: set.labels.length });
  return 100 * await waitingShare(recipe, await engineOf(engine), set, 1 + STEPS);
}

async function run({ pairs, python, engine, onNote }: BenchOptions): Promise<Figure[]> {
  const place = join(cacheFolder(), "bench");
  const folder = join(place, `posters-${ROWS}`), cache = join(place, "data");
  onNote(`${ROWS} JPEG posters in ${folder}, drawn once`);
  await writeRows(folder, ROWS, largePoster);
  await using peer = python === undefined ? undefined : await peerOf(python, folder, cache);
  if (peer !== undefined) onNote(peer.about);
  const measured: Awaited<ReturnType<typeof ours>>[] = [];
  const [, theirs] = await inTurns([
    async () => measured.push(await ours(folder, cache)),
    ...peer === undefined ? [] : [async () => await peer.ask("epoch") * 1000 / ROWS],
  ], { pairs, warmUp: 1 });
  const unit = "ms a poster";
  const of = (part: keyof typeof measured[number]) => measured.slice(1).map((each) => each[part]);
  const share = await waiting(folder, cache, engine);
  await Deno.remove(cache, { recursive: true });
  return [
    figureOf({ name: "data, parquet to cache", unit }, of("opened"), theirs),
    figureOf({ name: "data, first epoch with it", unit }, of("first"), theirs),
    figureOf({ name: "data, later epochs", unit }, of("later"), theirs),
    figureOf({ name: "data, share of training outside the session", unit: "%" }, [share]),
    ...await reducedDifferences([1.25, 1.5, 2]),
  ];
}

/** The bench. */
export const dataBench: Bench = {
  name: "data",
  about:
    "posters of 1 to 3 megapixels from parquet to augmented batches, against PIL, torchvision and 2 workers",
  run,
};
