/** `profile`: where the time of one training step goes, by kind of operation and by operation. */
import { randomize } from "../src/train/start.ts";
import { prepareTraining, trainer } from "../src/train/trainer.ts";
import { table } from "../src/report/table.ts";
import type { Bench } from "./bench.ts";
import { engineOf } from "./ours.ts";
import { type NodeTime, nodeTimes, unionOf } from "./trace.ts";
import { exact, randomBatch, recipeOf, type Workload } from "./workload.ts";

const WARM_UP = 3;
const NODES = 40;
const RATE = 1e-4;

const milliseconds = (microseconds: number): string => (microseconds / 1000).toFixed(1);
const tookOf = ({ start, end }: NodeTime): number => end - start;
const sumOf = (nodes: readonly NodeTime[]): number => nodes.reduce((sum, node) => sum + tookOf(node), 0);
const percent = (part: number, whole: number): string => `${(100 * part / whole).toFixed(1)} %`;

/** By kind of operation, and the longest operations; the sum is more than the time, because workers run side by side. */
export function profileText(nodes: readonly NodeTime[]): string {
  const total = sumOf(nodes);
  const span = Math.max(...nodes.map(({ end }) => end)) - Math.min(...nodes.map(({ start }) => start));
  const kinds = [...Map.groupBy(nodes, ({ op }) => op)].toSorted(([, a], [, b]) => sumOf(b) - sumOf(a));
  const ops = kinds.map(([op, group]) => [
    op,
    `${group.length}`,
    milliseconds(sumOf(group)),
    percent(sumOf(group), total),
  ]);
  const longest = nodes.toSorted((a, b) => tookOf(b) - tookOf(a)).slice(0, NODES).map((node) => [
    milliseconds(tookOf(node)),
    node.op,
    node.name,
  ]);
  return [
    `${nodes.length} operations; ${milliseconds(total)} ms summed, ${
      milliseconds(unionOf(nodes))
    } ms with at least ` +
    `one at work, ${milliseconds(span)} ms from the first to the last`,
    table({ head: ["operation", "count", "ms", "share"], rows: ops }),
    table({ head: ["ms", "operation", "node"], rows: longest }),
  ].join("\n\n");
}

/** The operations of one training step, after some that warm up. */
export async function profileOf(workload: Workload, engineName: "cpu" | "cuda"): Promise<NodeTime[]> {
  const engine = await engineOf(engineName);
  const recipe = recipeOf(workload);
  using bound = trainer(recipe, engine);
  await randomize(bound.memory, bound.plan.model, recipe.seed);
  await prepareTraining(bound, recipe);
  const batch = randomBatch(workload);
  for (let step = 1; step <= WARM_UP; step++) await bound.step([batch], RATE, step);
  const [runMetadata] = await bound.memory.profile!(() => bound.step([batch], RATE, WARM_UP + 1));
  return nodeTimes(runMetadata);
}

/** The bench of a workload; it gives no figures. */
export const profileBench = (workload: Workload = exact): Bench => ({
  name: "profile",
  about: "where the time of one training step goes; ours alone, only when named",
  run: async ({ engine, onNote }) => {
    onNote(profileText(await profileOf(workload, engine)));
    return [];
  },
});
