/** Numbers of the table, by hand. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { type ComparedTrial, comparisonTable, comparisonText } from "../../src/report/comparison.ts";
import { markdown, table } from "../../src/report/table.ts";

const trial = (system: string, f1: readonly number[], seconds: number): ComparedTrial => ({
  system,
  seed: 1,
  rows: { train: 12, validation: 4, test: 3 },
  seconds,
  parameters: { total: 2_500_000, trainable: 400_000 },
  scores: {
    microF1: f1[0],
    macroF1: f1.reduce((a, b) => a + b, 0) / f1.length,
    weightedF1: f1[1],
    samplesF1: f1[0],
    perLabel: f1.map((f1, i) => ({ label: `label ${i}`, f1, support: i === 2 ? 0 : 5 })),
  },
});

Deno.test("a system of several seeds has means and the sample's standard deviation, labels without rows are left out of supported", () => {
  const trials = [
    trial("a", [0.5, 0.7, 0], 10),
    trial("b", [0.25, 0.25, 0.25], 7),
    trial("a", [0.7, 0.9, 0], 20),
  ];
  assertEquals(comparisonTable(trials), {
    head: [
      "system",
      "seeds",
      "micro-F1",
      "macro-F1",
      "supported",
      "weighted-F1",
      "samples-F1",
      "seconds",
      "trainable",
      "parameters",
    ],
    rows: [
      [
        "a",
        "2",
        "0.600 ±0.141",
        "0.467 ±0.094",
        "0.700 ±0.141",
        "0.800 ±0.141",
        "0.600 ±0.141",
        "15",
        "0.4 M",
        "2.5 M",
      ],
      ["b", "1", "0.250", "0.250", "0.250", "0.250", "0.250", "7", "0.4 M", "2.5 M"],
    ],
  });
});

Deno.test("the literature's 23 genres have a column where the data has them all", () => {
  const genres =
    ("drama,comedy,romance,thriller,crime,action,adventure,horror,documentary,mystery,sci-fi,fantasy," +
      "family,biography,war,history,music,animation,musical,western,sport,short,film-noir").split(",");
  const perLabel = [...genres, "news"].map((label) => ({
    label,
    f1: label === "news" ? 0 : 0.46,
    support: 1,
  }));
  const all = { ...trial("a", [0], 1), scores: { ...trial("a", [0], 1).scores, perLabel } };
  const { head, rows: [row] } = comparisonTable([all]);
  assertEquals(row[head.indexOf("23 labels")], "0.460");
});

Deno.test("a system that failed is a row without scores and a sentence; of one that failed with some seeds the others count", () => {
  const failed = (system: string, seed: number) => ({ system, seed, error: "Cannot train: the loss is NaN" });
  const outcomes = [trial("a", [0.5, 0.7, 0], 10), failed("a", 2), failed("b", 1), failed("b", 2)];
  assertEquals(
    comparisonTable(outcomes).rows.map(([system, seeds, microF1, , , , , , , total]) =>
      [system, seeds, microF1, total].join(" ")
    ),
    ["a 1 of 2 0.500 2.5 M", "b 0 of 2 failed "],
  );
  const text = comparisonText(outcomes, [], table);
  assertStringIncludes(text, "On 3 test rows; 12 training rows, and 4 validation rows that chose");
  assertStringIncludes(text, "\n\na, seed 2, failed: Cannot train: the loss is NaN\nb, seed 1, failed: ");
  assertStringIncludes(comparisonText([failed("b", 1)], [], table), "b       0 of 1");
});

Deno.test("Markdown has the head, the alignment and the rows", () => {
  assertEquals(markdown({ head: ["a", "b"], rows: [["x", "1"]] }), "| a | b |\n| --- | ---: |\n| x | 1 |");
});
