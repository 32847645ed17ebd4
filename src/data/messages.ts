/** What a row of the hub data set says: the plot in its prompt, the genres in its answer, its poster. */

/** What a row says in words. */
export interface FilmText {
  /** The plot, stripped. */
  readonly plot: string;
  /** The genres, lower-cased. */
  readonly genres: readonly string[];
}

/** Whitespace as Python's `\s` and `str.strip` have it; JavaScript's lacks U+001C-1F and U+0085 and adds U+FEFF. */
const SPACE = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const ENDS = new RegExp(`^${SPACE}+|${SPACE}+$`, "g");
const PLOT = new RegExp(`Plot:${SPACE}*(.*?)${SPACE}*\\nNote that a movie`, "s");

const strip = (text: string): string => text.replace(ENDS, "");

/** The plot in a prompt; `No plot found.` when it has none, empty when the plot is empty. */
export const plotOf = (prompt: string): string => {
  const match = PLOT.exec(prompt);
  return match === null ? "No plot found." : strip(match[1]);
};

/** The genres in an answer, lower-cased; an answer without any gives none. */
export const genresOf = (answer: string): string[] =>
  answer.split(",").map((genre) => strip(genre).toLowerCase()).filter((genre) => genre !== "");

/** Python's order of texts: by code point, where JavaScript's goes by UTF-16 unit. */
function byCodePoint(a: string, b: string): number {
  const [x, y] = [[...a], [...b]];
  for (let i = 0; i < x.length && i < y.length; i++) {
    const difference = x[i].codePointAt(0)! - y[i].codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return x.length - y.length;
}

/** Every genre of any row once, sorted. */
export const labelsOf = (genres: Iterable<readonly string[]>): string[] =>
  [...new Set([...genres].flat())].sort(byCodePoint);

/** The first image file of a parquet row `{ images: [{ bytes, path }, …] }`; undefined when there is none. */
export function posterOf({ images }: Readonly<Record<string, unknown>>): Uint8Array | undefined {
  const poster = Array.isArray(images) ? images[0]?.bytes : undefined;
  return poster instanceof Uint8Array ? poster : undefined;
}

/** What a parquet row `{ messages: [{ content, role }, …] }` says; undefined with fewer than two messages. */
export function textOf({ messages }: Readonly<Record<string, unknown>>): FilmText | undefined {
  if (!Array.isArray(messages) || messages.length < 2) return undefined;
  const [prompt, answer] = messages.map((message) => message?.content);
  if (typeof prompt !== "string" || typeof answer !== "string") return undefined;
  return { plot: plotOf(prompt), genres: genresOf(answer) };
}
