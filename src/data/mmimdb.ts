/** Posters, plots and genres in the file layout of the hub data set `sxj1215/mmimdb`. */
import { type Choice, choice } from "../base/choice.ts";
import {
  checkOptions,
  type CorpusDataset,
  corpusExamples,
  type CorpusOptions,
  datasetOf,
  keptReader,
  usualOptions,
} from "./corpus_dataset.ts";
import { openFilms } from "./films.ts";
import { fetchDataset } from "./hub.ts";
import { type Places, usualPlaces } from "./places.ts";
import { inputSpecs } from "./rows.ts";
import type { OpenOptions, Source } from "./source.ts";

/** The settings of `mmimdb`. */
export interface MmimdbOptions extends CorpusOptions {
  /** Data set repository, fetched when no folder is given. */
  readonly repo: string;
}

/** The source; its inputs are `image` `[pixels, pixels, 3]`, `ids` `[tokens]` and `mask` `[tokens]`. */
export interface MmimdbSource extends Source {
  /** As `Source.open`; `places` are as the environment has them unless given. */
  open(options: OpenOptions, places?: Places): Promise<CorpusDataset>;
}

/** As published, but for the augmentations. */
const published: MmimdbOptions = {
  repo: "sxj1215/mmimdb",
  vocabulary: "google-bert/bert-base-uncased",
  ...usualOptions,
};

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
    checkOptions("mmimdb", settings);
    return {
      inputs: inputSpecs(settings),
      places: ["repo"],
      open: async (request, places = usualPlaces()) => {
        const { data, onProgress } = request;
        const folder = data ?? await fetchDataset(settings.repo, onProgress, places);
        return await datasetOf(
          await openFilms(folder, onProgress, places),
          folder,
          settings,
          request,
          places,
        );
      },
      reader: (kept) => keptReader(settings, kept),
    };
  }, corpusExamples);
}
