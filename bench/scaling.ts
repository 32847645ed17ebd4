/** `scaling`: time and memory of a training step against batch, tokens and pixels. */
import { messageOf, OnesheetError } from "../src/base/errors.ts";
import { type Bench, type BenchOptions, type Figure, figureOf } from "./bench.ts";
import type { Child } from "./child.ts";
import { scalingSvg } from "./scaling_plot.ts";
import { openOurs, openPeers } from "./sides.ts";
import { measures, nameOf, type Point, pointsOf, type Sweep } from "./sweeps.ts";
import { walked } from "./walk.ts";
import { exact, type Workload } from "./workload.ts";

/** Steps of a point that count, at most. */
const MOST = 3;

/** What a process took: seconds of each step after the first, and its greatest resident memory in gigabytes. */
interface Took {
  readonly seconds: readonly number[];
  readonly gigabytes: number;
}

/** Trains in a fresh process. */
async function trained(open: () => Promise<Child>, steps: number): Promise<Took> {
  await using child = await open();
  await child.ask("train");
  const seconds: number[] = [];
  for (let i = 0; i < steps; i++) seconds.push(await child.ask("train"));
  return { seconds, gigabytes: await child.peakMemory() / 1e9 };
}

/** Sweeps of the size of a step. */
type StepPoint = Point<Exclude<Sweep, "rows">>;

/** Time and memory of one workload: ours, then PyTorch, each alone, since both may not fit beside each other. */
async function measured(workload: Workload, options: BenchOptions): Promise<(point: StepPoint) => Figure[]> {
  const steps = Math.min(MOST, options.pairs);
  const ours = await trained(() => openOurs(workload, options), steps);
  const [peer] = openPeers(workload, options);
  const theirs = peer && await trained(peer.open, steps);
  return (point) => [
    figureOf({ name: nameOf("time", point), unit: measures.time }, ours.seconds, theirs?.seconds),
    figureOf(
      { name: nameOf("memory", point), unit: measures.memory },
      [ours.gigabytes],
      theirs && [theirs.gigabytes],
    ),
  ];
}

/** Every point of some sweeps; what they share is measured once, and what does not fit is left out. */
export async function sweep(
  base: Workload,
  options: BenchOptions,
  points: readonly StepPoint[],
): Promise<Figure[]> {
  const known = new Map<string, (point: StepPoint) => Figure[]>();
  const figures: Figure[] = [];
  for (const point of points) {
    const workload = { ...base, [point.sweep]: point.value };
    const { batch, tokens, pixels } = workload;
    const key = `batch ${batch}, ${tokens} tokens, ${pixels} pixels`;
    try {
      if (!known.has(key)) {
        options.onNote(key);
        known.set(key, await measured(workload, options));
      }
      figures.push(...known.get(key)!(point));
    } catch (error) {
      if (!(error instanceof OnesheetError)) throw error;
      options.onNote(`left out: ${messageOf(error)}`);
    }
  }
  return figures;
}

/** From parquet to an epoch's batches in a fresh process with nothing kept: seconds, and its peak memory. */
export async function overRows(
  { onNote }: Pick<BenchOptions, "onNote">,
  points: readonly Point<"rows">[],
  place?: string,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const point of points) {
    onNote(`${point.value} rows`);
    const { opened, epoch, gigabytes } = await walked(point.value, place);
    figures.push(
      figureOf({ name: nameOf("time", point), unit: measures.time }, [opened + epoch]),
      figureOf({ name: nameOf("memory", point), unit: measures.memory }, [gigabytes]),
    );
  }
  return figures;
}

/** The bench at full size. */
export const scalingBench: Bench = {
  name: "scaling",
  about: "time and memory of a step against batch, tokens and pixels; of the data against rows",
  section: "scaling",
  picture: { file: "scaling.svg", draw: scalingSvg },
  run: async (options) => [
    ...await sweep(exact, options, [...pointsOf("batch"), ...pointsOf("tokens"), ...pointsOf("pixels")]),
    ...await overRows(options, pointsOf("rows")),
  ],
};
