/** The work of a step: the exact recipe at a size, and random inputs of its shapes. */
import { float32, int32 } from "../src/base/value.ts";
import { random } from "../src/base/random.ts";
import type { Batch } from "../src/data/source.ts";
import type { Recipe } from "../src/train/recipe.ts";
import mmimdb, { partlyFrozen, posterAndPlot, published, type Size } from "../recipes/mmimdb.ts";

/** The size of a model and of its batches. */
export interface Workload {
  readonly batch: number;
  readonly tokens: number;
  /** Width and height of an image. */
  readonly pixels: number;
  readonly size: Size;
  readonly labels: number;
}

/** The published one. */
export const exact: Workload = { batch: 16, tokens: 128, pixels: 224, size: published, labels: 26 };

/** The same system in miniature, for trying a bench out. */
export const miniature: Workload = {
  batch: 4,
  tokens: 16,
  pixels: 64,
  size: {
    image: { blocks: [1, 1, 1, 1], width: 8 },
    text: { vocabulary: 97, width: 32, layers: 3, heads: 4, hidden: 64, positions: 32 },
    projection: 16,
    heads: 8,
  },
  labels: 5,
};

/** The recipe of a workload: everything else is as published. */
export const recipeOf = ({ batch, tokens, pixels, size, labels }: Workload): Recipe => ({
  ...mmimdb,
  data: mmimdb.data.with({ tokens, pixels, augment: [] }),
  labels,
  model: posterAndPlot(size),
  freeze: partlyFrozen(size),
  batchSize: batch,
});

/** BERT's own, where a size says nothing. */
const VOCABULARY = 30522;

/** A batch of noise: no token is padding. */
export function randomBatch({ batch, tokens, pixels, size, labels }: Workload): Batch {
  const stream = random("bench", "batch");
  const numbers = (n: number, draw: () => number) => Array.from({ length: n }, draw);
  const { vocabulary = VOCABULARY } = size.text;
  return {
    inputs: {
      image: float32(
        [batch, pixels, pixels, 3],
        numbers(batch * pixels * pixels * 3, () => stream.normal()),
      ),
      ids: int32([batch, tokens], numbers(batch * tokens, () => 1 + stream.integer(vocabulary - 1))),
      mask: int32([batch, tokens], numbers(batch * tokens, () => 1)),
    },
    labels: Float32Array.from(numbers(batch * labels, () => stream.uniform() < 0.25 ? 1 : 0)),
  };
}
