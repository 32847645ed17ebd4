/** Examples from code: any iterable of images, texts and labels as a source. */
import { createHash } from "node:crypto";
import { type Choice, choice } from "../base/choice.ts";
import { OnesheetError } from "../base/errors.ts";
import { show } from "../base/json.ts";
import type { Corpus, EncodedPoster } from "./corpus.ts";
import {
  checkOptions,
  type CorpusDataset,
  corpusExamples,
  type CorpusOptions,
  datasetOf,
  keptReader,
  usualOptions,
} from "./corpus_dataset.ts";
import { firstTogether } from "./first_together.ts";
import { labelSets } from "./labels.ts";
import { type Places, usualPlaces } from "./places.ts";
import { inputSpecs } from "./rows.ts";
import type { Example, OpenOptions, Source } from "./source.ts";

/** An example with what it is to be told. */
export interface LabelledExample extends Example {
  /** Any number of them. */
  readonly labels: readonly string[];
}

/** Examples, or a function that begins to give them anew. */
export type Examples =
  | Iterable<LabelledExample>
  | AsyncIterable<LabelledExample>
  | (() => Iterable<LabelledExample> | AsyncIterable<LabelledExample>);

/** The source; its inputs are `image` `[pixels, pixels, 3]`, `ids` `[tokens]` and `mask` `[tokens]`. */
export interface ExamplesSource extends Source {
  /** As `Source.open`; `places` are as the environment has them unless given. */
  open(options: OpenOptions, places?: Places): Promise<CorpusDataset>;
}

const begin = (rows: Examples) => typeof rows === "function" ? rows() : rows;

/** Goes up whenever the same examples get another key. */
const FORMAT = 2;

function check(row: number, { image, text, labels }: Partial<LabelledExample>): void {
  const fault = !(image instanceof Uint8Array)
    ? `the bytes of a file as "image", found ${show(image)}`
    : typeof text !== "string"
    ? `a text as "text", found ${show(text)}`
    : !(Array.isArray(labels) && labels.every((label) => typeof label === "string"))
    ? `a list of texts as "labels", found ${show(labels)}`
    : undefined;
  if (fault !== undefined) throw new OnesheetError(`Cannot use example ${row}: expected ${fault}`);
}

const digestOf = (image: Uint8Array): string => createHash("sha256").update(image).digest("hex");

/** Goes through the examples once, and again for images that are not kept yet. */
async function corpusOf(rows: Examples, onProgress: OpenOptions["onProgress"]): Promise<Corpus> {
  const texts: string[] = [], written: (readonly string[])[] = [], sums: string[] = [];
  const hash = createHash("sha256").update(JSON.stringify(FORMAT));
  for await (const { image, text, labels } of begin(rows)) {
    check(texts.length, { image, text, labels });
    const sum = digestOf(image);
    sums.push(sum);
    texts.push(text);
    written.push([...labels]);
    hash.update(JSON.stringify([sum, text, labels]));
    if (texts.length % 1000 === 0) onProgress?.("reading examples", texts.length, texts.length);
  }
  if (texts.length === 0) throw new OnesheetError("Cannot use the examples: expected some, found none");
  const { labels, sets, notes } = labelSets(written, (row) => `example ${row}`);

  async function* images(examples: Int32Array): AsyncGenerator<EncodedPoster> {
    const wanted = new Set(examples);
    let row = 0;
    for await (const { image } of begin(rows)) {
      if (wanted.has(row) && digestOf(image) !== sums[row]) break;
      if (wanted.delete(row)) yield { example: row, row, poster: image };
      if (wanted.size === 0) return;
      row++;
    }
    throw new OnesheetError(
      `Cannot use the examples: expected the same ones each time, found others from ${row} on; ` +
        "give a list, or a function that begins anew",
    );
  }
  return {
    key: hash.digest("hex").slice(0, 32),
    rows: Int32Array.from(texts, (_, row) => row),
    labels,
    skipped: [],
    notes,
    labelsOf: (example) => sets[example],
    imageDigests: () => Promise.resolve(sums),
    texts: () => texts,
    imageName: (example) => `the image of example ${example}`,
    images: (examples, onFirst) => firstTogether(images(examples), onFirst),
  };
}

/**
 * Examples of your own: a list, an async iterable, or a function that gives one; each is an image file's bytes, a text
 * and its labels. They are gone through once, and once more for images that the cache folder does not have; so what
 * can be read only once, such as a generator that is running, must be given as a function. Split, prepared and kept as
 * {@link mmimdb} does; the vocabulary is made from the texts (4096 entries at most) unless given.
 *
 * Those whose image does not decode are left out.
 *
 * Errors: settings out of range; on opening, no examples, one that is not as it should be, examples that change from one
 * reading to the next.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { examples } from "./examples.ts";
 *
 * async function* read() {
 *   for await (const { name } of Deno.readDir("photos")) {
 *     const [image, text] = [await Deno.readFile(`photos/${name}`), await Deno.readTextFile(`texts/${name}.txt`)];
 *     yield { image, text, labels: name.startsWith("cat") ? ["cat"] : ["dog"] };
 *   }
 * }
 * const source = examples(read, { pixels: 64, tokens: 32 });
 * assertEquals(source.made.inputs.ids, { shape: [32], dtype: "int32" });
 * ```
 */
export function examples(rows: Examples, options: Partial<CorpusOptions> = {}): Choice<ExamplesSource> {
  return choice(
    "examples",
    { ...usualOptions, vocabulary: 4096, ...options } as CorpusOptions,
    (settings) => {
      checkOptions("examples", settings);
      return {
        inputs: inputSpecs(settings),
        open: async (request, places = usualPlaces()) => {
          if (request.data !== undefined) {
            throw new OnesheetError(
              `Cannot use the data "${request.data}": the recipe reads its examples by code of its own`,
              { exitCode: 2 },
            );
          }
          const corpus = await corpusOf(rows, request.onProgress);
          return await datasetOf(corpus, undefined, settings, request, places);
        },
        reader: (kept) => keptReader(settings, kept),
      };
    },
    corpusExamples,
  );
}
