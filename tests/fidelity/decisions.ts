/** The same decisions: scores, rates, what is kept, when to stop. */
import { scoreNames, scores } from "../../src/train/metrics.ts";
import { warmupThenPlateau } from "../../src/train/schedule.ts";
import recipe from "../../recipes/mmimdb.ts";
import { follow, plateaus, ratesOf } from "../train/follow.ts";
import { bests, macroF1, rates, waited } from "../train/notebook.ts";
import { scoreGoldens } from "../train/score_goldens.ts";
import { type Check, type Context, differing, largest, type Measure, most } from "./check.ts";

function scored({ goldens }: Context): Promise<Check[]> {
  const cases = scoreGoldens(`${goldens}/metrics`);
  const found = cases.flatMap(({ labels, kind, outputs, truth, expected }) => {
    const names = Array.from({ length: labels }, (_, i) => `${i}`);
    const { perLabel, ...means } = scores(Float32Array.from(outputs), Float32Array.from(truth), names, kind);
    const byLabel = ["precision", "recall", "f1", "support", "predicted"] as const;
    return [
      ...scoreNames.map((name) => Math.abs(means[name] - expected[name])),
      ...byLabel.map((name) => largest(perLabel.map((label) => label[name]), expected[name])),
    ];
  });
  return Promise.resolve([{
    detail:
      "prediction σ(z) > 0.5; macro and micro F1 over all rows and labels, `zero_division = 0`; weighted, samples, " +
      `precision, recall, support: ${cases.length} cases`,
    against: "scikit-learn 1.9.1",
    difference: most(found),
    limit: 1e-12,
    unit: "absolute",
  }]);
}

function followed(): Promise<Check[]> {
  const found = ratesOf(recipe.learningRate.made, macroF1).slice(0, macroF1.length);
  const kept = follow(recipe.stop.made, macroF1);
  return Promise.resolve([
    {
      detail:
        "the notebook's 20 macro-F1 give the 20 rates it printed: warm-up, then ReduceLROnPlateau from epoch 3 on",
      against: "the notebook",
      difference: differing(found.map((rate) => rate.toExponential(2)), rates),
      limit: 0,
      unit: "of 20 rates",
    },
    {
      detail: "its best epochs (the last 17), its counters of epochs waited, and no early stop",
      against: "the notebook",
      difference: differing(kept.bests, bests) + differing(kept.waited, waited),
      limit: 0,
      unit: "of 30 numbers",
    },
  ]);
}

function plateau({ goldens }: Context): Promise<Check[]> {
  const series = plateaus(`${goldens}/metrics`);
  const found = series.map(({ scores, rates, ...settings }) => {
    const schedule = warmupThenPlateau({ rate: 1e-3, from: 1, epochs: 0, ...settings }).made;
    return largest(ratesOf(schedule, scores).slice(1), rates);
  });
  return Promise.resolve([{
    detail: `ReduceLROnPlateau, max, relative threshold: ${series.length} series of 40 to 80 scores`,
    against: "torch 2.13.0",
    difference: most(found),
    limit: 0,
    unit: "absolute",
  }]);
}

/** Details of what is decided. */
export const decisions: readonly Measure[] = [scored, followed, plateau];
