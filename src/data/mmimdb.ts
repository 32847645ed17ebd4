/** Posters, plots and genres in the file layout of the hub data set `sxj1215/mmimdb`. */
import { type Choice, choice } from "../base/choice.ts";
import { OnesheetError } from "../base/errors.ts";
import { bestDecoder } from "./decode.ts";
import { openFilms } from "./films.ts";
import { fetchDataset } from "./hub.ts";
import { imageHeader } from "./image_header.ts";
import { imageSource } from "./image_source.ts";
import { plainPicture, reduced, trainingPicture } from "./kept_picture.ts";
import { imagenet } from "./normalize.ts";
import { type Places, usualPlaces } from "./places.ts";
import { plotTokens } from "./plot_tokens.ts";
import { type Keeping, keepPosters } from "./posters.ts";
import { demand } from "./ranges.ts";
import { inputSpecs, type Preparation, readerOf, rowsOf } from "./rows.ts";
import { keptFile, keptOf } from "./slots.ts";
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
  /**
   * Training posters are kept reduced to a shorter side of this times `pixels`, at least 1; 0 keeps the files, to be
   * decoded whole in every epoch.
   */
  readonly oversampling: number;
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
  oversampling: 1.25,
  augment: [],
  ...imagenet,
};

/** What is kept of the posters: validation ones as the model is shown them, training ones for any augmentation. */
async function keeping(
  { pixels, oversampling, validation: share, seed }: MmimdbOptions,
  validation: Int32Array,
): Promise<Keeping> {
  const isShown = new Set(validation);
  const whole = oversampling === 0, shorterSide = Math.round(oversampling * pixels);
  return {
    settings: { pixels, shorterSide, share, seed, decoder: await bestDecoder() },
    keep: async (example, poster) =>
      isShown.has(example)
        ? keptOf(await plainPicture(poster, pixels))
        : whole
        ? keptFile(poster)
        : keptOf(await trainingPicture(poster, shorterSide)),
    sizeOf: (example, poster) => {
      if (whole && !isShown.has(example)) return poster.length;
      const { width, height } = isShown.has(example)
        ? { width: pixels, height: pixels }
        : reduced(imageHeader(poster), shorterSide);
      return width * height * 3;
    },
  };
}

async function open(
  options: MmimdbOptions,
  { data, kept, limit, onProgress }: OpenOptions,
  places: Places,
): Promise<MmimdbDataset> {
  const folder = data ?? await fetchDataset(options.repo, onProgress, places);
  const films = await openFilms(folder, onProgress, places);
  const found = await tokenizerFor(kept ?? options.vocabulary, folder, films.plots(), onProgress, places);
  const plots = await plotTokens(films, found.tokenizer, options.tokens, onProgress, places);
  const sides = trainTestSplit(films.rows.length, { test: options.validation, seed: options.seed });
  const [train, validation] = [sides.train.subarray(0, limit), sides.test.subarray(0, limit)];
  const wanted = new Int32Array([...train, ...validation]);
  const keep = await keeping(options, sides.test);
  const pictures = await keepPosters(films, wanted, keep, places.cache, onProgress);
  const posters = imageSource(films, pictures, options, train.length);
  const parts = { films, plots, posters };
  return {
    ...found,
    labels: films.labels,
    train: rowsOf(parts, train, options),
    validation: rowsOf(parts, validation, options),
    kept: { [TOKENIZER]: found.tokenizer.json },
    ...(found.vocabulary === MADE && { makeshift: "the vocabulary" }),
    [Symbol.asyncDispose]: () => Promise.resolve(posters[Symbol.dispose]()),
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
    const { pixels, tokens, oversampling } = settings;
    demand(Number.isInteger(pixels) && pixels >= 1, "mmimdb.pixels", "a whole number of at least 1", pixels);
    demand(Number.isInteger(tokens) && tokens >= 2, "mmimdb.tokens", "a whole number of at least 2", tokens);
    const isFactor = oversampling === 0 || oversampling >= 1;
    demand(isFactor, "mmimdb.oversampling", "a number of at least 1, or 0 for whole posters", oversampling);
    return {
      inputs: inputSpecs(settings),
      open: (request, places = usualPlaces()) => open(settings, request, places),
      reader: (kept) => reader(settings, kept),
    };
  });
}
