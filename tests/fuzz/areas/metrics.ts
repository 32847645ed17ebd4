/** Scores of predictions, counted batch by batch, and of a label at every threshold. */
import { cutsOf } from "../../../src/report/judge.ts";
import { addBatch, noConfusion, type OutputKind, scoresOf } from "../../../src/train/metrics.ts";
import type { Area, Generator, Question } from "../area.ts";
import type { Draw } from "../draw.ts";

/** Outputs that lie on the threshold at times, labels that nobody has, and rows without any. */
const predictions = (kinds: readonly OutputKind[]): Generator => (draw: Draw) => {
  const rows = draw.pick(1, 2, draw.int(1, 40)), labels = draw.int(2, 12), kind = draw.pick(...kinds);
  const shift = draw.pick(0, 0, -5, 5), onCut = draw.pick(0, 0.3), scale = draw.pick(0.01, 1, 10);
  const logits = draw.numbers([rows, labels], scale).data;
  const outputs = Array.from(logits, (z) => {
    const logit = draw.chance(onCut) ? draw.pick(0, -0) : z + shift;
    return Math.fround(kind === "logits" ? logit : 1 / (1 + Math.exp(-logit)));
  });
  const absent = draw.int(0, labels), empty = draw.int(0, rows);
  const truth = [...draw.bits([rows, labels], draw.pick(0, 0.1, 0.5, 1)).data].map((bit, i) =>
    i % labels === absent || Math.floor(i / labels) === empty ? 0 : bit
  );
  return { settings: { kind, labels, outputs, truth, batch: draw.int(1, rows) } };
};

const kinds: Readonly<Record<string, Generator>> = {
  scores: predictions(["logits", "probabilities"]),
  thresholds: predictions(["probabilities"]),
};

interface Settings {
  readonly kind: OutputKind;
  readonly labels: number;
  readonly outputs: readonly number[];
  readonly truth: readonly number[];
  /** Rows counted at once. */
  readonly batch: number;
}

function answer({ kind, settings }: Question): unknown {
  const { labels, outputs, truth, batch, kind: outputKind } = settings as unknown as Settings;
  const names = Array.from({ length: labels }, (_, i) => `${i}`), size = labels * batch;
  if (kind === "scores") {
    let counted = noConfusion(labels);
    for (let at = 0; at < outputs.length; at += size) {
      const [said, is] = [outputs, truth].map((all) => Float32Array.from(all.slice(at, at + size)));
      counted = addBatch(counted, said, is, outputKind);
    }
    return scoresOf(counted, names);
  }
  const rows = Array.from({ length: outputs.length / labels }, (_, row) => {
    const part = (all: readonly number[]) => all.slice(row * labels, (row + 1) * labels);
    return { row, labels: part(truth).flatMap((bit, i) => bit ? [i] : []), probabilities: part(outputs) };
  });
  return cutsOf(rows, 0).map(({ threshold: _, ...scores }) => scores);
}

/** Metrics. */
export const metrics: Area = {
  name: "metrics",
  against: "scikit-learn",
  packages: ["sklearn"],
  isComputed: false,
  limit: 1e-12,
  kinds,
  answer,
};
