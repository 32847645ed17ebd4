/** Posters, plots and genres in the file layout of the hub data set `sxj1215/mmimdb`. */
import { type Choice, choice } from "../base/choice.ts";
import { OnesheetError } from "../base/errors.ts";
import { fetchDataset } from "./hub.ts";
import { labelsOf } from "./messages.ts";
import { imagenet } from "./normalize.ts";
import { type Places, usualPlaces } from "./places.ts";
import { openPosters } from "./posters.ts";
import { demand } from "./ranges.ts";
import { inputSpecs, type Preparation, readerOf, rowsOf } from "./rows.ts";
import type { Dataset, OpenOptions, Reader, Source } from "./source.ts";
import { trainTestSplit } from "./split.ts";
import { type FoundTokenizer, MADE, tokenizerFor } from "./tokenizer_for.ts";
import { loadTokenizer, TOKENIZER } from "./tokens.ts";

/** The settings of `mmimdb`. */
export interface MmimdbOptions extends Preparation {
  /** Data set repository, fetched when no folder is given. */
  readonly repo: string;
  /** Part of the rows held out for validation, in (0, 1). */
  readonly validation: number;
  /** Of the split; NumPy's. */
  readonly seed: number;
  /** A folder with `tokenizer.json` or `vocab.txt`, or a model repository. */
  readonly vocabulary: string;
}

/** The opened data set, with the tokenizer a run must keep to read other plots the same way. */
export interface MmimdbDataset extends Dataset, FoundTokenizer {}

/** The source; its inputs are `image` `[pixels, pixels, 3]`, `ids` `[tokens]` and `mask` `[tokens]`. */
export interface MmimdbSource extends Source {
  /** As `Source.open`; `places` are as the environment has them unless given. */
  open(options: OpenOptions, places?: Places): Promise<MmimdbDataset>;
}

/** As published, but for the augmentations. */
const published: MmimdbOptions = {
  repo: "sxj1215/mmimdb",
  validation: 0.15,
  seed: 42,
  tokens: 128,
  pixels: 224,
  vocabulary: "google-bert/bert-base-uncased",
  augment: [],
  ...imagenet,
};

async function open(
  options: MmimdbOptions,
  { data, kept, limit, onProgress }: OpenOptions,
  places: Places,
): Promise<MmimdbDataset> {
  using resources = new DisposableStack();
  const folder = data ?? await fetchDataset(options.repo, onProgress, places);
  const posters = resources.use(await openPosters(folder, onProgress, places));
  const found = await tokenizerFor(kept ?? options.vocabulary, folder, posters.plots, onProgress, places);
  const labels = labelsOf(posters.genres);
  const { train, test } = trainTestSplit(posters.rows.length, {
    test: options.validation,
    seed: options.seed,
  });
  const side = (positions: Int32Array) =>
    rowsOf(posters, positions.subarray(0, limit), labels, found.tokenizer, options);
  const sides = { train: side(train), validation: side(test) };
  const open = resources.move();
  return {
    ...found,
    labels,
    ...sides,
    kept: { [TOKENIZER]: found.tokenizer.json },
    ...(found.vocabulary === MADE && { makeshift: "the vocabulary" }),
    [Symbol.asyncDispose]: () => Promise.resolve(open.dispose()),
  };
}

async function reader(options: MmimdbOptions, kept: string): Promise<Reader> {
  const tokenizer = await loadTokenizer(kept);
  if (tokenizer !== undefined) return readerOf(tokenizer, options);
  throw new OnesheetError(
    `Cannot read examples as the run did: expected ${TOKENIZER} in "${kept}", found none`,
  );
}

/**
 * Posters, plots and genres; what is not given is as published (no augmentations). Training batches are augmented,
 * both sides are brought to `pixels` and normalized. Labels are the sorted genres of all rows, whatever the limit.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { mmimdb } from "./mmimdb.ts";
 * const source = mmimdb({ pixels: 64, tokens: 32 }).made;
 * assertEquals(source.inputs.image, { shape: [64, 64, 3], dtype: "float32" });
 * ```
 *
 * Errors: settings out of range; on opening, data or a vocabulary that is missing or broken.
 */
export function mmimdb(options: Partial<MmimdbOptions> = {}): Choice<MmimdbSource> {
  return choice("mmimdb", { ...published, ...options }, (settings) => {
    const { pixels, tokens } = settings;
    demand(Number.isInteger(pixels) && pixels >= 1, "mmimdb.pixels", "a whole number of at least 1", pixels);
    demand(Number.isInteger(tokens) && tokens >= 2, "mmimdb.tokens", "a whole number of at least 2", tokens);
    return {
      inputs: inputSpecs(settings),
      open: (request, places = usualPlaces()) => open(settings, request, places),
      reader: (kept) => reader(settings, kept),
    };
  });
}
