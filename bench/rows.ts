/** Data sets of any number of rows in the hub data set's layout, and what walking them costs. */
import { fileWriter, parquetWriteRows } from "hyparquet-writer";
import { join } from "node:path";
import { random } from "../src/base/random.ts";
import { filmSchema, messagesOf } from "../src/data/drawn.ts";
import { encodeJpeg } from "../src/data/drawn/jpeg.ts";
import { type Genre, someGenres } from "../src/data/drawn/genres.ts";
import { posterOf } from "../src/data/drawn/posters.ts";
import type { CorpusDataset } from "../src/data/corpus_dataset.ts";
import { mmimdb } from "../src/data/mmimdb.ts";
import { usualPlaces } from "../src/data/places.ts";
import type { Draw } from "../src/data/source.ts";
import { vocabularyOf } from "../src/data/vocabulary.ts";
import { batches, epochOrder } from "../src/train/sampler.ts";
import { ahead } from "../src/base/ahead.ts";
import { PREFETCH } from "../src/train/trainer.ts";
import mmimdbRecipe from "../recipes/mmimdb.ts";

/** Words of a plot, as many as MM-IMDb's have on average. */
const WORDS = 120;

/** Different words; few are frequent and many are rare, as in a language. */
const LEXICON = 20_000;

/** Rows of a row group, as the hub's data sets of images have. */
const GROUP = 100;

const syllables = "ba ce di fo gu ha ki lo mu na pe ri so tu va we xi yo za cha ther ing stra ment".split(
  " ",
);

const word = (index: number): string => {
  const letters = [index % 24, Math.floor(index / 24) % 24, Math.floor(index / 576) % 24, index % 7];
  return letters.slice(0, 2 + index % 3).map((i) => syllables[i]).join("");
};

/** A plot of {@link WORDS} words. */
function plotOf(row: number): string {
  const stream = random("plot", row);
  const index = () => Math.floor(LEXICON ** stream.uniform()); // log-uniform: Zipf's law
  return Array.from({ length: WORDS }, () => word(index())).join(" ") + ".";
}

/** Small posters, of which a hundred are enough: what is measured with them is the number of rows. */
const small: Uint8Array[] = [];
export const smallPoster = (row: number): Uint8Array =>
  small[row % 100] ??= encodeJpeg(posterOf(genresOf(row % 100), random("poster", row % 100)));

const genresOf = (row: number): readonly Genre[] => someGenres(random("genres", row));

/** Writes a data set of so many rows, row by row, with a vocabulary of their plots; nothing where one is. */
export async function writeRows(
  folder: string,
  rows: number,
  poster: (row: number) => Uint8Array | Promise<Uint8Array>,
): Promise<void> {
  const path = join(folder, "data", "train-00000-of-00001.parquet");
  if (await Deno.stat(path).then(() => true, () => false)) return;
  await Deno.mkdir(join(folder, "data"), { recursive: true });
  const some = Array.from({ length: Math.min(rows, 2000) }, (_, row) => plotOf(row));
  await Deno.writeTextFile(join(folder, "vocab.txt"), vocabularyOf(some, 8000).join("\n") + "\n");
  const films = async function* () {
    for (let row = 0; row < rows; row++) {
      yield {
        messages: messagesOf({ plot: plotOf(row), genres: genresOf(row) }),
        images: [{ bytes: await poster(row), path: null }],
      };
    }
  };
  const columns = [{ name: "messages" }, { name: "images" }];
  const writer = fileWriter(`${path}.part`);
  await parquetWriteRows({ writer, columns, schema: filmSchema, rowGroupSize: GROUP, rows: films() });
  await Deno.rename(`${path}.part`, path);
}

/** Opens a data set by the exact recipe's settings of its data, but for those given; its cache is in `cache`. */
export const openRows = (
  folder: string,
  cache: string,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<CorpusDataset> =>
  mmimdb({ ...mmimdbRecipe.data.options, ...settings, vocabulary: folder })
    .made.open({ data: folder }, { ...usualPlaces(), cache });

/** Makes the batches of an epoch as training and validation ask for them; gives how many rows there were. */
export async function walkEpoch(
  { train, validation, labels: { length: columns } }: CorpusDataset,
  draw: Draw,
): Promise<number> {
  const inOrder = Int32Array.from({ length: validation.size }, (_, i) => i);
  let rows = 0;
  const sides = [
    { side: train, order: epochOrder(train.size, draw), draw },
    { side: validation, order: inOrder },
  ];
  for (const { side, order, draw } of sides) {
    const parts = batches(order, 16, { dropLast: false });
    for await (const { labels } of ahead(parts, PREFETCH, (positions) => side.batch(positions, draw))) {
      rows += labels.length / columns;
    }
  }
  return rows;
}
