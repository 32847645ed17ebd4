/** From a corpus to a data set: vocabulary, tokens, split, kept pictures and batches, the same for every source. */
import { OnesheetError } from "../base/errors.ts";
import type { Corpus } from "./corpus.ts";
import { bestDecoder } from "./decode.ts";
import { imageHeader } from "./image_header.ts";
import { type ImageSource, imageSource } from "./image_source.ts";
import { plainPicture, reduced, trainingPicture, wholeFile } from "./kept_picture.ts";
import { imagenet } from "./normalize.ts";
import type { Places } from "./places.ts";
import { plotTokens } from "./plot_tokens.ts";
import { type Keeping, keepPosters } from "./posters.ts";
import { demand } from "./ranges.ts";
import { type Preparation, readerOf, rowsOf } from "./rows.ts";
import { lostRows } from "./recorded_rows.ts";
import { rowIds } from "./row_ids.ts";
import { type Sides, sidesOf } from "./sides.ts";
import { keptFile, keptOf } from "./slots.ts";
import type { Dataset, OpenOptions, Reader, RecordedSplit, Skipped } from "./source.ts";
import { type FoundTokenizer, MADE, tokenizerFor } from "./tokenizer_for.ts";
import { loadTokenizer, TOKENIZER } from "./tokens.ts";

/** How the examples of a corpus are split and made ready. */
export interface CorpusOptions extends Preparation {
  /** Part of the rows held out for validation, in (0, 1). */
  readonly validation: number;
  /** Of the split; NumPy's. */
  readonly seed: number;
  /**
   * Of the tokens: a folder with `tokenizer.json` or `vocab.txt`, a model repository, or a number: as many entries at
   * most are made from the texts.
   */
  readonly vocabulary: string | number;
  /**
   * Training images are kept reduced to a shorter side of this times `pixels`, at least 1; 0 keeps the files, to be
   * decoded whole in every epoch.
   */
  readonly oversampling: number;
}

/** What a source has unless its settings say otherwise: ResNet's and BERT's sizes, no augmentation. */
export const usualOptions = {
  validation: 0.15,
  seed: 42,
  tokens: 128,
  pixels: 224,
  oversampling: 1.25,
  augment: [],
  ...imagenet,
} as const satisfies Partial<CorpusOptions>;

/** Of settings that may be left out or that have two types. */
export const corpusExamples = {
  resize: [256],
  vocabulary: ["google-bert/bert-base-uncased", 4096],
};

/** An opened corpus, with the tokenizer a run must keep to read other texts the same way. */
export interface CorpusDataset extends Dataset, FoundTokenizer {}

/** Refuses settings out of range; `source` is the name of the choice that has them. */
export function checkOptions(
  source: string,
  { pixels, resize, tokens, oversampling }: Pick<
    CorpusOptions,
    "pixels" | "resize" | "tokens" | "oversampling"
  >,
): void {
  demand(Number.isInteger(pixels) && pixels >= 1, `${source}.pixels`, "a whole number of at least 1", pixels);
  demand(Number.isInteger(tokens) && tokens >= 2, `${source}.tokens`, "a whole number of at least 2", tokens);
  const fits = resize === undefined || (Number.isInteger(resize) && resize >= pixels);
  demand(fits, `${source}.resize`, `a whole number of at least ${pixels}`, resize);
  const isFactor = oversampling === 0 || oversampling >= 1;
  demand(isFactor, `${source}.oversampling`, "a number of at least 1, or 0 for whole images", oversampling);
}

/**
 * What is kept of the images: validation ones as the model is shown them, training ones for any augmentation; with
 * `resize` and without augmentation all of them as they are shown.
 */
async function keeping(
  { pixels, resize, augment, oversampling, validation: share, seed }: CorpusOptions,
  sides: Sides,
): Promise<Keeping> {
  const all = resize !== undefined && augment.length === 0;
  const held = new Set(sides.held);
  const isShown = (example: number) => all || held.has(example);
  const whole = oversampling === 0, shorterSide = Math.round(oversampling * pixels);
  const split = sides.bySeed ? { share, seed } : { validation: [...held] };
  const settings = { pixels, shorterSide, ...split, decoder: await bestDecoder() };
  return {
    settings: resize === undefined ? settings : { ...settings, resize, all },
    keep: async (example, poster) =>
      isShown(example)
        ? keptOf(await plainPicture(poster, { pixels, resize }))
        : whole
        ? keptFile(await wholeFile(poster))
        : keptOf(await trainingPicture(poster, shorterSide)),
    sizeOf: (example, poster) => {
      if (whole && !isShown(example)) return poster.length;
      const { width, height } = isShown(example)
        ? { width: pixels, height: pixels }
        : reduced(imageHeader(poster), shorterSide);
      return width * height * 3;
    },
  };
}

/** Refuses rows of a run whose image cannot be used by now: with another decoder, say. */
function demandUsable(split: RecordedSplit | undefined, unusable: readonly Skipped[]): void {
  if (split?.train.identities === undefined || unusable.length === 0) return;
  const lost = unusable.map(({ row, reason }) => ({ row, kind: "missing" as const, what: reason }));
  throw lostRows(split.run, lost, split.train.rows.length + split.validation.rows.length);
}

/** The images of a corpus, and the examples whose image cannot be used with the reason. */
interface Images {
  readonly broken: ReadonlyMap<number, string>;
  readonly posters?: ImageSource;
}

const noImages: Images = { broken: new Map() };

/**
 * Opens a corpus. `folder`, where it has one, may hold a vocabulary of its own. The split is over the rows that count; one
 * whose image does not decode, which is found when images are kept, is then taken off its side, and the others stay.
 *
 * Errors: a vocabulary that is missing or broken, a disk that is too small.
 */
export async function datasetOf(
  corpus: Corpus,
  folder: string | undefined,
  options: CorpusOptions,
  { kept, limit, split, orWhole = false, inputs, alsoFor = [], onProgress }: OpenOptions,
  places: Places,
): Promise<CorpusDataset> {
  const found = await tokenizerFor(kept ?? options.vocabulary, folder, corpus.texts(), onProgress, places);
  const plots = await plotTokens(corpus, found.tokenizer, options.tokens, onProgress, places);
  let known: Promise<readonly string[]> | undefined;
  const ids = () => known ??= rowIds(corpus);
  const sides = sidesOf(corpus, options, { limit, split, orWhole }, split === undefined ? [] : await ids());
  const { train, validation, labels } = sides;
  const called: Corpus = { ...corpus, labels, rows: sides.rows };
  const openImages = async (): Promise<Images> => {
    const wanted = new Int32Array([...train, ...validation]);
    const epoch = Math.max(train.length, validation.length);
    const keep = await keeping(options, sides);
    const pictures = await keepPosters(corpus, wanted, keep, places.cache, onProgress);
    return { broken: pictures.broken, posters: imageSource(called, pictures, options, epoch) };
  };
  const isRead = inputs === undefined || inputs.includes("image");
  const { broken, posters } = isRead || alsoFor.includes("image") ? await openImages() : noImages;
  const usable = (side: Int32Array) => side.filter((example) => !broken.has(example));
  const unusable = Array.from(broken, ([example, reason]) => ({ row: corpus.rows[example], reason }));
  if (!orWhole) demandUsable(split, unusable);
  const parts = { corpus: called, plots, ids, ...(isRead && posters && { posters }) };
  return {
    ...found,
    key: JSON.stringify([corpus.key, { ...options, augment: [] }]),
    labels,
    size: corpus.rows.length,
    train: rowsOf(parts, usable(train), options),
    validation: rowsOf(parts, usable(validation), options),
    ...(corpus.notes && { notes: corpus.notes }),
    skipped: [...corpus.skipped, ...unusable].sort((a, b) => a.row - b.row),
    kept: { [TOKENIZER]: found.tokenizer.json },
    below: { ids: found.tokenizer.size },
    ...(found.vocabulary === MADE && inputs?.includes("ids") !== false && { makeshift: "the vocabulary" }),
    [Symbol.asyncDispose]: () => Promise.resolve(posters?.[Symbol.dispose]()),
  };
}

/** Reads examples as a run did that kept its tokenizer in the folder `kept`. */
export async function keptReader(options: Preparation, kept: string): Promise<Reader> {
  const tokenizer = await loadTokenizer(kept);
  if (tokenizer !== undefined) return readerOf(tokenizer, options);
  throw new OnesheetError(
    `Cannot read examples as the run did: expected ${TOKENIZER} in "${kept}", found none`,
  );
}
