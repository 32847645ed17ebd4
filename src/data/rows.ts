/** One side of a split as batches: posters to pixels, plots to token ids, labels to a row of zeros and ones. */
import { float32, int32 } from "../base/value.ts";
import type { Corpus } from "./corpus.ts";
import { type ImagePreparation } from "./images.ts";
import type { ImageSource } from "./image_source.ts";
import { plainPicture } from "./kept_picture.ts";
import { denormalize, normalize } from "./normalize.ts";
import type { PlotTokens } from "./plot_tokens.ts";
import { identitiesOf } from "./row_ids.ts";
import type { InputSpec, Reader, Rows, Shown } from "./source.ts";
import type { Tokenizer, Tokens } from "./tokens.ts";

/** How an example is made ready for a model. */
export interface Preparation extends ImagePreparation {
  /** Length of the token ids. */
  readonly tokens: number;
}

type Shape = Pick<Preparation, "pixels" | "tokens">;

/** What a model is given: `image` `[pixels, pixels, 3]`, `ids` and `mask` `[tokens]`. */
export const inputSpecs = ({ pixels, tokens }: Shape): Record<"image" | "ids" | "mask", InputSpec> => ({
  image: { shape: [pixels, pixels, 3], dtype: "float32" },
  ids: { shape: [tokens], dtype: "int32" },
  mask: { shape: [tokens], dtype: "int32" },
});

/** The inputs of a model, by name; without an image where there is none. */
const inputsOf = (
  size: number,
  { pixels, tokens }: Shape,
  image: Float32Array | undefined,
  text: Tokens,
) => ({
  ...(image && { image: float32([size, pixels, pixels, 3], image) }),
  ids: int32([size, tokens], text.ids),
  mask: int32([size, tokens], text.mask),
});

/** Makes examples from outside ready as validation rows are. */
export const readerOf = (tokenizer: Tokenizer, preparation: Preparation): Reader => async (examples) => {
  const { pixels, tokens } = preparation;
  const image = new Float32Array(examples.length * pixels * pixels * 3);
  for (const [at, { image: bytes }] of examples.entries()) {
    normalize(await plainPicture(bytes, preparation), preparation, image, at * pixels * pixels * 3);
  }
  const text = tokenizer.encode(examples.map((example) => example.text), tokens);
  return inputsOf(examples.length, preparation, image, text);
};

/** An opened data set, as its sides are cut from it. */
export interface Parts {
  readonly corpus: Corpus;
  readonly plots: PlotTokens;
  /** What tells the examples by their content, by position. */
  readonly ids: () => Promise<readonly string[]>;
  /** Without them batches have no images. */
  readonly posters?: ImageSource;
}

/** The texts of these examples. */
function textsOf(corpus: Corpus, examples: Int32Array): string[] {
  const found = new Map<number, string>(), wanted = new Set(examples);
  let example = 0;
  for (const text of corpus.texts()) {
    if (wanted.has(example)) found.set(example, text);
    if (found.size === wanted.size) break;
    example++;
  }
  return Array.from(examples, (example) => found.get(example)!);
}

/**
 * The rows of `side`, which lists positions in the corpus. A batch depends on its positions and draw alone.
 *
 * Errors: a poster that cannot be decoded, by its row number.
 */
export function rowsOf(
  { corpus, plots, ids, posters }: Parts,
  side: Int32Array,
  preparation: Preparation,
): Rows {
  const { pixels, tokens } = preparation;
  const columns = new Map(corpus.labels.map((label, column) => [label, column]));
  return {
    size: side.length,
    ids: side.map((example) => corpus.rows[example]),
    identities: async () => identitiesOf(corpus, await ids(), side),
    positives: () => {
      const counts = new Array<number>(columns.size).fill(0);
      for (const example of side) {
        for (const label of corpus.labelsOf(example)) counts[columns.get(label)!]++;
      }
      return counts;
    },
    batch: async (positions, draw) => {
      const examples = positions.map((position) => side[position]);
      const size = examples.length;
      const words = new Int32Array(size * tokens), mask = new Int32Array(size * tokens);
      const labels = new Float32Array(size * columns.size);
      examples.forEach((example, at) => {
        plots.write(example, words, mask, at * tokens);
        for (const label of corpus.labelsOf(example)) labels[at * columns.size + columns.get(label)!] = 1;
      });
      return {
        inputs: inputsOf(size, preparation, await posters?.images(examples, draw), { ids: words, mask }),
        labels,
      };
    },
    shown: async (positions) => {
      const examples = positions.map((position) => side[position]);
      const numbers = await posters?.images(examples), size = pixels * pixels * 3;
      const pictureOf = (at: number) =>
        numbers &&
        denormalize(numbers.subarray(at * size, (at + 1) * size), preparation, {
          width: pixels,
          height: pixels,
        });
      return textsOf(corpus, examples).map((text, at): Shown => {
        const picture = pictureOf(at);
        return { text, ...(picture && { picture }) };
      });
    },
  };
}
