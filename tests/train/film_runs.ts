/** Runs on real files: a CSV or parquet data set that a test may change between training and resuming. */
import type { Choice } from "../../src/base/choice.ts";
import { film } from "../../src/data/drawn.ts";
import type { Places } from "../../src/data/places.ts";
import type { OpenOptions, Source } from "../../src/data/source.ts";
import {
  batchNorm,
  colorJitter,
  conv2d,
  csvFolder,
  linear,
  meanPool,
  mmimdb,
  type ModelFunction,
  type Recipe,
  recipe,
  relu,
} from "../../mod.ts";
import { hubRow, parquetOf, placesIn } from "../data/parquet_files.ts";
import { tiny } from "./tiny.ts";

/** A film as a test writes it. */
export interface Film {
  readonly image: string;
  readonly poster: Uint8Array;
  readonly text: string;
  readonly labels: readonly string[];
}

const GENRES = ["drama", "comedy", "war"];

/** The film of a number; its labels are some of three. */
export function filmOf(number: number): Film {
  const { poster, plot, format } = film(7, number);
  const labels = [GENRES[number % 3], ...number % 2 ? [GENRES[(number + 1) % 3]] : []];
  return { image: `${number}.${format}`, poster, text: plot, labels };
}

/** The films of these numbers. */
export const films = (count: number, first = 0): Film[] =>
  Array.from({ length: count }, (_, i) => filmOf(first + i));

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

/** Writes `films.csv` and its images into a folder, in place of what was there. */
export async function writeCsv(folder: string, rows: readonly Film[]): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (const { image, poster } of rows) await Deno.writeFile(`${folder}/${image}`, poster);
  const lines = rows.map(({ image, text, labels }) => [image, text, labels.join("|")].map(quoted).join(","));
  await Deno.writeTextFile(`${folder}/films.csv`, ["image,text,labels", ...lines, ""].join("\n"));
}

/** Writes one shard in the layout of the hub data set. */
export async function writeParquet(folder: string, rows: readonly Film[]): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const file = parquetOf(rows.map(({ text, labels, poster }) => hubRow(text, labels.join(","), poster)), 5);
  await Deno.writeFile(`${folder}/films.parquet`, file);
}

/** A source whose cache is another than the environment's. */
const cachedIn = (
  source: Choice<Source & { open(options: OpenOptions, places?: Places): ReturnType<Source["open"]> }>,
  cache: string,
): Choice<Source> => ({
  ...source,
  made: { ...source.made, open: (options: OpenOptions) => source.made.open(options, placesIn(cache)) },
});

const model: ModelFunction = ({ image }, at) => {
  const map = relu(batchNorm()(conv2d(4, 3, { stride: 2, padding: 1 })(image, at("conv")), at("norm")));
  return linear(3)(meanPool()(map, at("pool")), at("head"));
};

const settings = {
  pixels: 8,
  tokens: 8,
  validation: 0.25,
  seed: 3,
  vocabulary: 300,
  augment: [colorJitter()],
};

/** A small recipe on the data in a folder: 3 labels, batches of 4. */
export const onCsv = (folder: string, cache: string, changes: Partial<Recipe> = {}): Recipe =>
  recipe({
    ...tiny({ model }),
    data: cachedIn(csvFolder({ file: `${folder}/films.csv`, separator: "|", ...settings }), cache),
    ...changes,
  });

/** The same on parquet; the folder is named by `data`. */
export const onParquet = (cache: string, changes: Partial<Recipe> = {}): Recipe =>
  recipe({ ...tiny({ model }), data: cachedIn(mmimdb(settings), cache), ...changes });
