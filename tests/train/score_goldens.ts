/** Reads tests/golden/metrics/scores.json: what scikit-learn scores. */
import { fileURLToPath } from "node:url";
import type { OutputKind, ScoreName } from "../../src/train/metrics.ts";

/** Outputs and truth `[rows, labels]`, and their scores. */
export interface ScoreGolden {
  readonly name: string;
  readonly kind: OutputKind;
  readonly labels: number;
  readonly outputs: readonly number[];
  readonly truth: readonly number[];
  readonly expected:
    & Readonly<Record<ScoreName, number>>
    & Readonly<Record<"precision" | "recall" | "f1" | "support" | "predicted", readonly number[]>>;
}

/** Every case. */
export const scoreGoldens = (
  folder = fileURLToPath(new URL("../golden/metrics", import.meta.url)),
): ScoreGolden[] => JSON.parse(Deno.readTextFileSync(`${folder}/scores.json`));
