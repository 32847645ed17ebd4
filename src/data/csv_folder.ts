/** A CSV file and the images it names, as a source: a field of a recipe, no code. */
import { createHash } from "node:crypto";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Choice, choice } from "../base/choice.ts";
import { oneLine, OnesheetError } from "../base/errors.ts";
import { show } from "../base/json.ts";
import { inParallel } from "../base/parallel.ts";
import { fileFault } from "../base/regular_file.ts";
import { fromHome } from "../base/user_path.ts";
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
import { type ContentDigests, contentDigests } from "./content_digest.ts";
import { readCsv } from "./csv.ts";
import { firstTogether } from "./first_together.ts";
import { readImage, statImage } from "./image_file.ts";
import { labelSets } from "./labels.ts";
import { type Places, usualPlaces } from "./places.ts";
import { demand } from "./ranges.ts";
import { inputSpecs } from "./rows.ts";
import type { OpenOptions, Source } from "./source.ts";

/** The settings of {@link csvFolder}. */
export interface CsvFolderOptions extends CorpusOptions {
  /**
   * The CSV file: a path from where the command is given, or a file URL such as `import.meta.resolve("./films.csv")`
   * for one beside the recipe. Its first row names the columns.
   */
  readonly file: string;
  /** The column of image files, as paths from the CSV file's folder. */
  readonly image: string;
  /** The column of texts. */
  readonly text: string;
  /** The column of labels. */
  readonly labels: string;
  /** What stands between the labels of a cell; empty: the cell is one label. */
  readonly separator: string;
}

/** The source; its inputs are `image` `[pixels, pixels, 3]`, `ids` `[tokens]` and `mask` `[tokens]`. */
export interface CsvFolderSource extends Source {
  /** As `Source.open`, `data` being another folder with a file of the same name; `places` are the usual unless given. */
  open(options: OpenOptions, places?: Places): Promise<CorpusDataset>;
}

type Columns = Pick<CsvFolderOptions, "image" | "text" | "labels" | "separator">;

/** A row that can be used, but for its image, which is looked for only. */
interface Entry {
  readonly line: number;
  readonly image: string;
  readonly text: string;
  /** As they are written. */
  readonly labels: readonly string[];
}

/** Goes up whenever the same files get another key. */
const FORMAT = 3;

/** Files that are looked for at once. */
const AT_ONCE = 16;

/** Most characters of all texts that count: they are held in memory. */
const LONGEST_TEXTS = 2 ** 30;

/** Broken rows that an error names. */
const NAMED = 5;

const pathOf = (file: string): string =>
  file.startsWith("file:")
    ? fileURLToPath(file)
    : resolve(Deno.env.get("INIT_CWD") ?? Deno.cwd(), fromHome(file));

/** What the rows say; those that cannot be used are added to `broken`, with the reason. */
async function entriesOf(path: string, names: Columns, broken: Map<number, string>): Promise<Entry[]> {
  const { separator } = names, entries: Entry[] = [];
  let characters = 0;
  for await (const row of readCsv(path, { filled: [names.image, names.text], required: [names.labels] })) {
    if ("fault" in row) {
      broken.set(row.line, row.fault);
      continue;
    }
    const { line, cells: [image, text, labels] } = row;
    characters += text.length;
    if (characters > LONGEST_TEXTS) {
      throw new OnesheetError(
        `Cannot use "${path}": expected texts of at most ${LONGEST_TEXTS} characters in all, found more by line ${line}`,
      );
    }
    entries.push({ line, image, text, labels: separator === "" ? [labels] : labels.split(separator) });
  }
  return entries;
}

/** The digest of each image's content, by position; `broken` hears of those that are not there or cannot be read. */
async function imageDigests(
  entries: readonly Entry[],
  folder: string,
  digests: ContentDigests,
  broken: Map<number, string>,
): Promise<string[]> {
  const found = new Array<string>(entries.length);
  await inParallel([...entries.entries()], AT_ONCE, async ([at, { line, image }]) => {
    const path = join(folder, image);
    try {
      found[at] = await digests.of(path, await statImage(path));
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      broken.set(line, `cannot read the image ${show(image)}: ${fileFault(error)}`);
    }
  });
  return found;
}

/** Refuses a file without a row that can be used; the sentence names the first lines. */
function demandRows(path: string, broken: ReadonlyMap<number, string>): void {
  const lines = [...broken].sort(([a], [b]) => a - b).slice(0, NAMED).map(([line, why]) =>
    `line ${line}: ${why}`
  );
  const more = broken.size > NAMED ? [`and ${broken.size - NAMED} more`] : [];
  throw new OnesheetError(
    `Cannot use "${path}": ${oneLine([...lines, ...more].join("; "))}; mend these rows or take them out`,
  );
}

async function corpusOf(path: string, names: Columns, { cache }: Places): Promise<Corpus> {
  const folder = dirname(path), file = basename(path);
  const broken = new Map<number, string>();
  const told = await entriesOf(path, names, broken);
  const digests = await contentDigests(path, cache);
  const found = await imageDigests(told, folder, digests, broken);
  await digests.remember();
  const entries = told.filter(({ line }) => !broken.has(line));
  const sums = found.filter((_, at) => !broken.has(told[at].line));
  if (entries.length === 0 && broken.size > 0) demandRows(path, broken);
  const hash = createHash("sha256").update(JSON.stringify([FORMAT, names]));
  told.forEach((entry, at) => broken.has(entry.line) || hash.update(JSON.stringify([entry, found[at]])));
  const { labels, sets, notes } = labelSets(
    entries.map(({ labels }) => labels),
    (at) => `line ${entries[at].line}`,
  );
  const imageName = (at: number) =>
    `the image ${show(entries[at].image)} of line ${entries[at].line} of "${file}"`;

  async function* images(examples: Int32Array): AsyncGenerator<EncodedPoster> {
    for (const example of examples.toSorted()) {
      const poster = await readImage(join(folder, entries[example].image)).catch((cause) => {
        throw new OnesheetError(`Cannot read ${imageName(example)}: ${fileFault(cause)}`, { cause });
      });
      yield { example, row: entries[example].line, poster };
    }
  }
  return {
    key: hash.digest("hex").slice(0, 32),
    rows: Int32Array.from(entries, ({ line }) => line),
    labels,
    labelsOf: (example) => sets[example],
    notes,
    skipped: Array.from(broken, ([row, reason]) => ({ row, reason: oneLine(reason) })),
    imageDigests: () => Promise.resolve(sums),
    texts: () => entries.map(({ text }) => text),
    imageName,
    images: (examples, onFirst) => firstTogether(images(examples), onFirst),
  };
}

/**
 * A CSV file with a column of image files, a column of texts and one of labels. Rows are known by their lines. Split,
 * prepared and kept as {@link mmimdb} does; the vocabulary is made from the texts (4096 entries at most) unless given.
 *
 * Skipped are rows with another number of cells, without an image or a text, of more than 2^20 characters, and those whose
 * image cannot be read or does not decode. A label that a row names twice counts once; labels are in NFC.
 *
 * Errors: settings out of range; on opening, a file that is not there or no CSV, a column that it has not, no row that
 * can be used.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { csvFolder } from "./csv_folder.ts";
 * const films = csvFolder({ file: "films/films.csv", image: "poster", text: "plot", labels: "genres", separator: "|" });
 * assertEquals(films.options.validation, 0.15);
 * assertEquals(films.made.inputs.image, { shape: [224, 224, 3], dtype: "float32" });
 * ```
 */
export function csvFolder(
  options: Pick<CsvFolderOptions, "file"> & Partial<CsvFolderOptions>,
): Choice<CsvFolderSource> {
  const usual = { image: "image", text: "text", labels: "labels", separator: ",", vocabulary: 4096 };
  return choice("csvFolder", { ...usualOptions, ...usual, ...options } as CsvFolderOptions, (settings) => {
    checkOptions("csvFolder", settings);
    demand(settings.file !== "", "csvFolder.file", "a CSV file", settings.file);
    const { image, text, labels, separator } = settings;
    return {
      inputs: inputSpecs(settings),
      places: ["file"],
      open: async (request, places = usualPlaces()) => {
        const own = pathOf(settings.file);
        const path = request.data === undefined ? own : join(request.data, basename(own));
        const corpus = await corpusOf(path, { image, text, labels, separator }, places);
        return await datasetOf(corpus, dirname(path), settings, request, places);
      },
      reader: (kept) => keptReader(settings, kept),
    };
  }, corpusExamples);
}
