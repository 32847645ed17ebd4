import { assertAlmostEquals, assertEquals } from "@std/assert";
import { bestCut, confusion, cutsOf, thinned, together } from "../../src/report/judge.ts";
import { duration, type OutputRow } from "../../src/report/run.ts";

const row = (labels: number[], probabilities: number[]): OutputRow => ({ row: 0, labels, probabilities });
const rows = [row([0], [0.9, 0.6]), row([0, 1], [0.3, 0.8]), row([1], [0.4, 0.2]), row([0], [0.55, 0.1])];

Deno.test("a label is judged at every threshold, as its definition says", () => {
  const cuts = cutsOf(rows, 0);
  assertEquals([cuts.length, cuts[0].threshold, cuts[50].threshold], [51, 0, 1]);
  assertEquals(cuts[0], { threshold: 0, precision: 3 / 4, recall: 1, f1: 6 / 7 });
  assertEquals(cuts[25], { threshold: 0.5, precision: 1, recall: 2 / 3, f1: 0.8 });
  assertEquals(cuts[50], { threshold: 1, precision: 0, recall: 0, f1: 0 });
});

Deno.test("the best cut has the greatest F1, of equals the one nearest to one half", () => {
  const { threshold, f1 } = bestCut(cutsOf(rows, 0));
  assertEquals(threshold, 0.28);
  assertAlmostEquals(f1, 6 / 7);
});

Deno.test("labels together, and labels told to rows that do not have them", () => {
  assertEquals(together(rows, [0, 1]), [[1, 1 / 3], [1 / 2, 1]]);
  // Of the two rows with 0 alone one is told 1; the one with 1 alone is not told 0.
  assertEquals(confusion(rows, [0, 1]), [[2 / 3, 1 / 2], [0, 1 / 2]]);
  assertEquals(together([], [0]), [[0]]);
  assertEquals([together(rows, [1]), confusion(rows, [1, 0])], [[[1]], [[1 / 2, 0], [1 / 2, 2 / 3]]]);
});

Deno.test("steps are thinned to means, the last one stays", () => {
  const steps = Array.from({ length: 7 }, (_, i) => ({ step: i + 1, loss: i }));
  assertEquals(thinned(steps, 10), steps);
  assertEquals(thinned(steps, 3), [{ step: 3, loss: 1 }, { step: 6, loss: 4 }, { step: 7, loss: 6 }]);
  assertEquals(thinned([]), []);
});

Deno.test("times are said as people say them", () => {
  assertEquals([1.25, 75, 3725].map(duration), ["1.3 s", "1 min 15 s", "1 h 2 min"]);
});

Deno.test("a threshold is passed by what is above it, however the product with their number is rounded", () => {
  const probabilities = Array.from({ length: 51 }, (_, i) => [i / 50, i / 50 + 1e-16, i / 50 - 1e-16]).flat();
  const many = probabilities.map((p, i) => row(i % 3 === 0 ? [0] : [], [p]));
  for (const { threshold, precision, recall } of cutsOf(many, 0)) {
    const said = many.filter(({ probabilities: [p] }) => p > threshold),
      hits = said.filter(({ labels }) => labels.length);
    assertEquals(
      [precision, recall],
      [said.length && hits.length / said.length, hits.length / 51],
      `${threshold}`,
    );
  }
});
