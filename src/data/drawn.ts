/**
 * A small data set that the project draws itself: films with a poster, a plot and one to three genres of eight, in
 * the file layout of the hub data set. Three genres show in the poster only, three in the plot only, two in both, so
 * a model has to look at both; nothing has to be downloaded.
 */
import { parquetMetadata, type SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { join } from "node:path";
import { writeFileWhole } from "../base/files.ts";
import { random } from "../base/random.ts";
import { type Genre, someGenres } from "./drawn/genres.ts";
import { encodeJpeg } from "./drawn/jpeg.ts";
import { plotOfFilm } from "./drawn/plots.ts";
import { encodePng } from "./drawn/png.ts";
import { posterOf } from "./drawn/posters.ts";
import { demand } from "./ranges.ts";
import { vocabularyOf } from "./vocabulary.ts";

/** How many films, and which. */
export interface DrawnOptions {
  /** Films. */
  readonly rows: number;
  /** The same seed gives the same films; the first rows do not depend on their number. */
  readonly seed: number;
}

/** One film. */
export interface Film {
  /** Tells no genre. */
  readonly title: string;
  /** Begins with the title. */
  readonly plot: string;
  /** In alphabetical order. */
  readonly genres: readonly Genre[];
  /** A JPEG or a PNG file, 2:3, about 48 by 72 pixels. */
  readonly poster: Uint8Array;
  /** Of the poster, as files of it end. */
  readonly format: "jpg" | "png";
}

/** The film in one row. */
export function film(seed: number, row: number): Film {
  const stream = (of: string) => random(seed, row, "drawn", of);
  const genres = someGenres(stream("genres"));
  const poster = posterOf(genres, stream("poster"));
  const format = row % 2 === 0 ? "jpg" : "png";
  return {
    ...plotOfFilm(genres, stream("plot")),
    genres,
    poster: format === "jpg" ? encodeJpeg(poster) : encodePng(poster),
    format,
  };
}

/** list<struct<…>> as Arrow writes it. */
const list = (name: string, fields: readonly SchemaElement[]): SchemaElement[] => [
  {
    name,
    repetition_type: "OPTIONAL",
    num_children: 1,
    converted_type: "LIST",
    logical_type: { type: "LIST" },
  },
  { name: "list", repetition_type: "REPEATED", num_children: 1 },
  { name: "element", repetition_type: "OPTIONAL", num_children: fields.length },
  ...fields,
];
const bytes = (name: string): SchemaElement => ({ name, type: "BYTE_ARRAY", repetition_type: "OPTIONAL" });
const text = (name: string): SchemaElement => ({
  ...bytes(name),
  converted_type: "UTF8",
  logical_type: { type: "STRING" },
});

/** The hub data set's columns. */
export const filmSchema: SchemaElement[] = [
  { name: "schema", repetition_type: "REQUIRED", num_children: 2 },
  ...list("messages", [text("content"), text("role")]),
  ...list("images", [bytes("bytes"), text("path")]),
];

/** The messages of a row, as the hub data set has them. */
export const messagesOf = (
  { plot, genres }: Pick<Film, "plot" | "genres">,
): { content: string; role: string }[] => [
  {
    content: "<image>Given the poster and the plot of a movie, list its genres.\n" +
      `Plot: ${plot}\nNote that a movie may belong to several genres.`,
    role: "user",
  },
  { content: genres.join(", "), role: "assistant" },
];

const pathOf = ({ title, format }: Film) => `${title.toLowerCase().replaceAll(/[^a-z]+/g, "-")}.${format}`;

/** What a file says it holds, under this key of its footer. */
const STAMP = "onesheet.drawn";
/** Counts the changes to how films are drawn, so that files of an older kind are drawn anew. */
const VERSION = 2;
/** Entries of the vocabulary at most. */
export const VOCABULARY = 1024;

/** The stamp of a file, undefined when there is no whole file of that name. */
async function stampOf(path: string): Promise<string | undefined> {
  try {
    const { key_value_metadata } = parquetMetadata((await Deno.readFile(path)).buffer);
    return key_value_metadata?.find(({ key }) => key === STAMP)?.value;
  } catch {
    return undefined; // missing or broken: written anew
  }
}

/**
 * Writes the films to `data/train-00000-of-00001.parquet` in the folder, which is made when it is not there, and a
 * vocabulary of their plots to `vocab.txt`. Files are whole or not there; when they hold these films already nothing
 * happens.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { shardsOf } from "./shards.ts";
 * import { writeDrawn } from "./drawn.ts";
 *
 * const folder = await Deno.makeTempDir();
 * await writeDrawn(folder, { rows: 4, seed: 1 });
 * assertEquals((await shardsOf(folder)).shards.length, 1);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function writeDrawn(folder: string, { rows, seed }: DrawnOptions): Promise<void> {
  demand(Number.isInteger(rows) && rows >= 1, "drawn.rows", "a whole number of at least 1", rows);
  const path = join(folder, "data", "train-00000-of-00001.parquet");
  const stamp = JSON.stringify({ version: VERSION, rows, seed });
  if (await stampOf(path) === stamp) return;
  const films = Array.from({ length: rows }, (_, row) => film(seed, row));
  const file = parquetWriteBuffer({
    schema: filmSchema,
    columnData: [
      { name: "messages", data: films.map(messagesOf) },
      { name: "images", data: films.map((film) => [{ bytes: film.poster, path: pathOf(film) }]) },
    ],
    rowGroupSize: 100,
    kvMetadata: [{ key: STAMP, value: stamp }],
  });
  await Deno.mkdir(join(folder, "data"), { recursive: true });
  const vocabulary = vocabularyOf(films.map(({ plot }) => plot), VOCABULARY);
  await writeFileWhole(join(folder, "vocab.txt"), vocabulary.join("\n") + "\n");
  await writeFileWhole(path, new Uint8Array(file));
}
