/** Drawn films as a CSV file and a folder of posters. */
import { film } from "../../src/data/drawn.ts";

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

/** Writes `films.csv` (columns title, poster, plot, genres) and `posters/` into a folder. */
export async function writeCsvFilms(folder: string, rows: number, seed = 5): Promise<void> {
  await Deno.mkdir(`${folder}/posters`, { recursive: true });
  const films = Array.from({ length: rows }, (_, row) => film(seed, row));
  const lines = films.map(({ title, plot, genres, format }, row) =>
    [title, `posters/${row}.${format}`, plot, genres.join("|")].map(quoted).join(",")
  );
  for (const [row, { poster, format }] of films.entries()) {
    await Deno.writeFile(`${folder}/posters/${row}.${format}`, poster);
  }
  await Deno.writeTextFile(`${folder}/films.csv`, ["title,poster,plot,genres", ...lines, ""].join("\n"));
}
