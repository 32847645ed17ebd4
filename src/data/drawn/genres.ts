/** The genres of the drawn films, and what tells each of them. */
import type { Random } from "../../base/random.ts";

/** Where a model has to look to know a genre. */
export const toldBy = {
  Adventure: "both",
  Comedy: "words",
  Horror: "both",
  Musical: "picture",
  Mystery: "words",
  Romance: "words",
  "Sci-Fi": "picture",
  Western: "picture",
} as const;

/** A genre of the drawn films. */
export type Genre = keyof typeof toldBy;

/** All of them, in alphabetical order. */
export const genres = Object.keys(toldBy) as readonly Genre[];

/** The genres of one film, in alphabetical order: one (two films in five), two (two in five) or three. */
export function someGenres(random: Random): Genre[] {
  const count = 1 + Math.floor(random.uniform(0, 2.5));
  return Array.from(random.permutation(genres.length).slice(0, count).sort(), (i) => genres[i]);
}
