/** What a row of the hub data set says: the plot in its prompt, the genres in its answer, its poster. */

import { isObject, show } from "../base/json.ts";
import { isCut, MOST_ITEMS } from "./parquet_bounds.ts";

/** What a row says in words. */
export interface FilmText {
  /** The plot, stripped. */
  readonly plot: string;
  /** The genres, lower-cased. */
  readonly genres: readonly string[];
}

/** Whitespace as Python's `\s` and `str.strip` have it; JavaScript's lacks U+001C-1F and U+0085 and adds U+FEFF. */
const SPACE =
  "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000";

/** What stands before a plot and behind it. */
const BEFORE = "Plot:", BEHIND = "\nNote that a movie";

/** The first position from `start` on that holds no whitespace. */
function skipSpace(text: string, start: number): number {
  while (start < text.length && SPACE.includes(text[start])) start++;
  return start;
}

function strip(text: string): string {
  const start = skipSpace(text, 0);
  let end = text.length;
  while (end > start && SPACE.includes(text[end - 1])) end--;
  return text.slice(start, end);
}

/**
 * The plot in a prompt; `No plot found.` when it has none, empty when the plot is empty. The same as of the expression
 * `Plot:\s*(.*?)\s*\nNote that a movie`, whose time grows with the cube of the spaces.
 */
export function plotOf(prompt: string): string {
  const found = prompt.indexOf(BEFORE), from = found + BEFORE.length;
  if (found === -1) return "No plot found.";
  const start = skipSpace(prompt, from), end = prompt.indexOf(BEHIND, start);
  if (end !== -1) return strip(prompt.slice(start, end));
  // The line end may be among the spaces that were skipped.
  return start > from && prompt.startsWith(BEHIND, start - 1) ? "" : "No plot found.";
}

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

/** What stands for the image of a row: `images` are one or a list. */
const firstImage = ({ images }: Readonly<Record<string, unknown>>): unknown =>
  Array.isArray(images) ? images[0] : images;

/**
 * The first image file of a parquet row: `images` are `{ bytes, path }` as `datasets` has them, or the bytes themselves, one
 * or a list; undefined when there is none.
 */
export function posterOf(row: Readonly<Record<string, unknown>>): Uint8Array | undefined {
  const image = firstImage(row);
  const bytes = image instanceof Uint8Array || !isObject(image) ? image : image.bytes;
  return bytes instanceof Uint8Array ? bytes : undefined;
}

/** Why a row without an image has none. */
export function posterFault(row: Readonly<Record<string, unknown>>): string {
  const image = firstImage(row), path = isObject(image) ? image.path : image;
  return typeof path === "string"
    ? `it has the path of an image and not the image, ${show(path)}; write the file with its images in it`
    : "it has no image";
}

/** Longest prompt and answer, in characters: the text of some books. */
const LONGEST = 2 ** 20;

/** Why a row has more than can be used; undefined where it has not. */
export function lengthFault({ messages, images }: Readonly<Record<string, unknown>>): string | undefined {
  if (isCut(messages) || isCut(images)) return `it has a list of ${MOST_ITEMS} items or more`;
  const isLong = (message: unknown) =>
    isObject(message) && typeof message.content === "string" && message.content.length > LONGEST;
  return Array.isArray(messages) && messages.slice(0, 2).some(isLong)
    ? `it has a message of more than ${LONGEST} characters`
    : undefined;
}

/** What a parquet row `{ messages: [{ content, role }, …] }` says; undefined with fewer than two messages. */
export function textOf({ messages }: Readonly<Record<string, unknown>>): FilmText | undefined {
  if (!Array.isArray(messages) || messages.length < 2) return undefined;
  const [prompt, answer] = messages.map((message) => message?.content);
  if (typeof prompt !== "string" || typeof answer !== "string") return undefined;
  return { plot: plotOf(prompt), genres: genresOf(answer) };
}
