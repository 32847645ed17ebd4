/** `scaling`: time and memory of a training step against batch, tokens and pixels. */
import { messageOf, OnesheetError } from "../src/base/errors.ts";
import { type Bench, type BenchOptions, type Figure, figureOf } from "./bench.ts";
import type { Child } from "./child.ts";
import { scalingSvg } from "./scaling_plot.ts";
import { openOurs, openPeers } from "./sides.ts";
import { nameOf, type Point, pointsOf } from "./sweeps.ts";
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

/** Time and memory of one workload: ours, then PyTorch, each alone, since both may not fit beside each other. */
async function measured(workload: Workload, options: BenchOptions): Promise<(point: Point) => Figure[]> {
  const steps = Math.min(MOST, options.pairs);
  const ours = await trained(() => openOurs(workload, options), steps);
  const [peer] = openPeers(workload, options);
  const theirs = peer && await trained(peer.open, steps);
  return (point) => [
    figureOf({ name: nameOf("time", point), unit: "s" }, ours.seconds, theirs?.seconds),
    figureOf({ name: nameOf("memory", point), unit: "GB" }, [ours.gigabytes], theirs && [theirs.gigabytes]),
  ];
}

/** Every point of some sweeps; what they share is measured once, and what does not fit is left out. */
export async function sweep(
  base: Workload,
  options: BenchOptions,
  points: readonly Point[],
): Promise<Figure[]> {
  const known = new Map<string, (point: Point) => Figure[]>();
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

/** The bench at full size. */
export const scalingBench: Bench = {
  name: "scaling",
  about: "time and memory of a step against batch, tokens and pixels",
  section: "scaling",
  picture: { file: "scaling.svg", draw: scalingSvg },
  run: (options) => sweep(exact, options, (["batch", "tokens", "pixels"] as const).flatMap(pointsOf)),
};
