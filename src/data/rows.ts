/** One side of a split as batches: posters to pixels, plots to token ids, genres to a row of zeros and ones. */
import { float32, int32 } from "../base/value.ts";
import { messageOf, OnesheetError } from "../base/errors.ts";
import { random } from "../base/random.ts";
import type { Augmentation } from "./augment.ts";
import { decode } from "./decode.ts";
import { type Moments, normalize } from "./normalize.ts";
import type { Picture } from "./picture.ts";
import type { Posters } from "./posters.ts";
import { resize } from "./resize.ts";
import type { Draw, InputSpec, Reader, Rows } from "./source.ts";
import type { Tokenizer, Tokens } from "./tokens.ts";

/** How an example is made ready for a model. */
export interface Preparation extends Moments {
  /** Width and height of the image. */
  readonly pixels: number;
  /** Length of the token ids. */
  readonly tokens: number;
  /** What changes a training picture at random, in this order. */
  readonly augment: readonly Augmentation[];
}

/** What a model is given: `image` `[pixels, pixels, 3]`, `ids` and `mask` `[tokens]`. */
export const inputSpecs = ({ pixels, tokens }: Preparation): Record<"image" | "ids" | "mask", InputSpec> => ({
  image: { shape: [pixels, pixels, 3], dtype: "float32" },
  ids: { shape: [tokens], dtype: "int32" },
  mask: { shape: [tokens], dtype: "int32" },
});

/** Writes a picture into `out` from `offset` on: changed by `augment`, brought to size, normalized. */
async function writePicture(
  bytes: Uint8Array,
  augment: (picture: Picture) => Picture,
  { pixels, mean, std }: Preparation,
  out: Float32Array,
  offset: number,
): Promise<void> {
  normalize(resize(augment(await decode(bytes)), pixels, pixels), { mean, std }, out, offset);
}

/** The same for an example's poster, augmented when a draw is given. */
async function writePoster(
  posters: Posters,
  example: number,
  draw: Draw | undefined,
  preparation: Preparation,
  out: Float32Array,
  offset: number,
): Promise<void> {
  const row = posters.rows[example];
  const augment = (picture: Picture): Picture => {
    if (draw === undefined) return picture;
    const stream = random(draw.seed, draw.epoch, row);
    return preparation.augment.reduce((changed, { made }) => made(changed, stream), picture);
  };
  try {
    await writePicture(posters.poster(example), augment, preparation, out, offset);
  } catch (error) {
    throw new OnesheetError(`Cannot use the poster of row ${row}: ${messageOf(error)}`, { cause: error });
  }
}

/** The inputs of a model, by name. */
const inputsOf = (size: number, { pixels, tokens }: Preparation, image: Float32Array, text: Tokens) => ({
  image: float32([size, pixels, pixels, 3], image),
  ids: int32([size, tokens], text.ids),
  mask: int32([size, tokens], text.mask),
});

/** Makes examples from outside ready as validation rows are. */
export const readerOf = (tokenizer: Tokenizer, preparation: Preparation): Reader => async (examples) => {
  const { pixels, tokens } = preparation;
  const numbers = pixels * pixels * 3;
  const image = new Float32Array(examples.length * numbers);
  await Promise.all(
    examples.map(({ image: bytes }, at) => writePicture(bytes, (x) => x, preparation, image, at * numbers)),
  );
  const text = tokenizer.encode(examples.map((example) => example.text), tokens);
  return inputsOf(examples.length, preparation, image, text);
};

/** Encodes a plot when it is first asked for and keeps its ids: later epochs pay nothing. */
function plotTokens(
  plots: readonly string[],
  tokenizer: Tokenizer,
  tokens: number,
): (position: number) => Tokens {
  const kept = new Map<number, Tokens>();
  return (position) => {
    const known = kept.get(position);
    if (known !== undefined) return known;
    const made = tokenizer.encode([plots[position]], tokens);
    kept.set(position, made);
    return made;
  };
}

/**
 * The rows of `side`, which lists positions in `posters`. A batch depends on its positions and draw alone.
 *
 * Errors: a poster that cannot be decoded, by its row number.
 */
export function rowsOf(
  posters: Posters,
  side: Int32Array,
  labels: readonly string[],
  tokenizer: Tokenizer,
  preparation: Preparation,
): Rows {
  const { pixels, tokens } = preparation;
  const numbers = pixels * pixels * 3;
  const columns = new Map(labels.map((label, column) => [label, column]));
  const tokensOf = plotTokens(posters.plots, tokenizer, tokens);
  return {
    size: side.length,
    ids: side.map((example) => posters.rows[example]),
    batch: async (positions, draw) => {
      const size = positions.length;
      const examples = Array.from(positions, (position) => side[position]);
      const image = new Float32Array(size * numbers);
      const ids = new Int32Array(size * tokens);
      const mask = new Int32Array(size * tokens);
      const target = new Float32Array(size * labels.length);
      examples.forEach((example, at) => {
        const encoded = tokensOf(example);
        ids.set(encoded.ids, at * tokens);
        mask.set(encoded.mask, at * tokens);
        for (const genre of posters.genres[example]) target[at * labels.length + columns.get(genre)!] = 1;
      });
      await Promise.all(
        examples.map((example, at) => writePoster(posters, example, draw, preparation, image, at * numbers)),
      );
      return { inputs: inputsOf(size, preparation, image, { ids, mask }), labels: target };
    },
  };
}
