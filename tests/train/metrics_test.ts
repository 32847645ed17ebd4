import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { OnesheetError } from "../../src/base/errors.ts";
import { addBatch, noConfusion, scoreNames, scores, scoresOf } from "../../src/train/metrics.ts";
import { scoreGoldens } from "./score_goldens.ts";

const goldens = scoreGoldens();
const names = (labels: number) => Array.from({ length: labels }, (_, i) => `label ${i}`);

for (const { name, kind, labels, outputs, truth, expected } of goldens) {
  Deno.test(`scores equal scikit-learn's: ${name}`, () => {
    const found = scores(Float32Array.from(outputs), Float32Array.from(truth), names(labels), kind);
    for (const score of scoreNames) assertAlmostEquals(found[score], expected[score], 1e-12, score);
    assertEquals(found.perLabel.map((one) => one.label), names(labels));
    for (const [i, one] of found.perLabel.entries()) {
      assertAlmostEquals(one.precision, expected.precision[i], 1e-12);
      assertAlmostEquals(one.recall, expected.recall[i], 1e-12);
      assertAlmostEquals(one.f1, expected.f1[i], 1e-12);
      assertEquals([one.support, one.predicted], [expected.support[i], expected.predicted[i]]);
    }
  });
}

Deno.test("scores fed batch by batch are those of all rows at once", () => {
  const { labels, kind, ...golden } = goldens[0];
  const outputs = Float32Array.from(golden.outputs), truth = Float32Array.from(golden.truth);
  let confusion = noConfusion(labels);
  for (let at = 0; at < outputs.length; at += 7 * labels) {
    const batch = [at, at + 7 * labels] as const;
    confusion = addBatch(confusion, outputs.subarray(...batch), truth.subarray(...batch), kind);
  }
  assertEquals(confusion.rows, 120);
  assertEquals(scoresOf(confusion, names(labels)), scores(outputs, truth, names(labels), kind));
});

Deno.test("adding a batch leaves the counts before it as they were", () => {
  const before = noConfusion(2);
  addBatch(before, Float32Array.of(1, 1), Float32Array.of(1, 1), "logits");
  assertEquals(before, noConfusion(2));
});

Deno.test("scores before any row are 0", () => {
  const { perLabel, ...single } = scoresOf(noConfusion(2), ["a", "b"]);
  assertEquals(single, { macroF1: 0, microF1: 0, weightedF1: 0, samplesF1: 0 });
  assertEquals(perLabel.length, 2);
});

Deno.test("outputs that do not fit the labels are an error that gives both sizes", () => {
  const add = (outputs: number, truth: number) => () =>
    addBatch(noConfusion(3), new Float32Array(outputs), new Float32Array(truth), "logits");
  assertThrows(
    add(6, 3),
    OnesheetError,
    "expected rows of 3 outputs and as many labels, found 6 and 3 numbers",
  );
  assertThrows(add(4, 4), OnesheetError, "found 4 and 4 numbers");
});
