/** Pairs of the same work, asked of both sides by one word. */
import { type BenchOptions, compare, type Figure } from "./bench.ts";
import type { Child } from "./child.ts";
import { openSides } from "./sides.ts";
import type { Workload } from "./workload.ts";

/** Rounds before the ones that count: the first traces. */
const WARM_UP = 2;

/** Seconds of what both sides do when they are asked the question. */
export async function pairsOf(
  question: "train" | "eval",
  figure: string,
  workload: Workload,
  options: BenchOptions,
  afterwards: (ours: Child) => Promise<void> = () => Promise.resolve(),
): Promise<Figure[]> {
  await using sides = await openSides(workload, options);
  const figures = await compare(
    { name: figure, unit: "s" },
    () => sides.ours.ask(question),
    sides.peers.map(({ child, ...rest }) => ({ ...rest, measure: () => child.ask(question) })),
    { pairs: options.pairs, warmUp: WARM_UP },
  );
  await afterwards(sides.ours);
  return figures;
}
