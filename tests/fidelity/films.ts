/** The data set of tests/golden/data, opened here by the recipe's own settings, and what the notebook makes of it. */
import { fileURLToPath } from "node:url";
import type { CorpusDataset } from "../../src/data/corpus_dataset.ts";
import { mmimdb, type MmimdbOptions } from "../../src/data/mmimdb.ts";
import { openFilms } from "../../src/data/films.ts";
import recipe from "../../recipes/mmimdb.ts";
import { placesIn } from "../data/parquet_files.ts";
import { type Context, readJson } from "./check.ts";

/** A row as the notebook has it. */
export interface Film {
  readonly row: number;
  readonly plot: string;
  /** One number for each label. */
  readonly target: readonly number[];
  /** Without the padding. */
  readonly ids: readonly number[];
  /** Ones in the mask. */
  readonly tokens: number;
  /** crc32 of its picture, `[224, 224, 3]`, float32. */
  readonly picture: number;
}

/** A training row: its picture is changed by the numbers on the tape. */
export interface ChangedFilm extends Film {
  readonly tape: readonly (number | number[])[];
}

/** What `make.py` wrote. */
export interface Expected {
  readonly labels: readonly string[];
  readonly validation: readonly Film[];
  readonly train: readonly ChangedFilm[];
}

/** The recipe's settings of its data. */
export const settings = recipe.data.options as unknown as MmimdbOptions;

/** The set in both readings. */
export interface Films {
  readonly expected: Expected;
  readonly set: CorpusDataset;
  /** By row number. */
  readonly plots: ReadonlyMap<number, string>;
  /** Image files by row number. */
  readonly posters: ReadonlyMap<number, Uint8Array>;
}

/** Opens the set for a check. */
export async function withFilms<Found>(
  { goldens }: Pick<Context, "goldens">,
  check: (films: Films) => Promise<Found> | Found,
): Promise<Found> {
  const folder = `${goldens}/data/set`;
  const cache = await Deno.makeTempDir();
  try {
    const places = placesIn(cache);
    await using set = await mmimdb(settings).made.open({ data: folder }, places);
    const films = await openFilms(folder, undefined, places);
    const plots = new Map([...films.texts()].map((plot, example) => [films.rows[example], plot]));
    const posters = new Map<number, Uint8Array>();
    for await (const { row, poster } of films.images(films.rows.map((_, i) => i))) {
      posters.set(row, poster);
    }
    return await check({ expected: readJson(`${goldens}/data/expected.json`), set, plots, posters });
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}

/** Where the committed goldens are. */
export const committed: string = fileURLToPath(new URL("../golden", import.meta.url));
