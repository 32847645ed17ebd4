/** Settings as they may be published: without the places of the machine that they were written on. */
import { win32 } from "node:path";

/** An address of a file, or a path from the root with a folder in it; a lone `/` may be a separator. */
const PLACE = /^(?:file:|\/[^/]+\/|[a-z]:[\\/]|\\\\)/i;

/** The last name of a path or of an address of a file. */
function lastName(place: string): string {
  const name = win32.basename(/^file:/i.test(place) ? URL.parse(place)?.pathname ?? place : place);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/**
 * A value with the last name in place of every path from the root of a disk, and of every address of a file.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { published } from "./published.ts";
 *
 * assertEquals(published({ file: "file:///home/ann/films.csv", separator: "/" }), { file: "films.csv", separator: "/" });
 * ```
 */
export function published(value: unknown): unknown {
  if (typeof value === "string") return PLACE.test(value) ? lastName(value) : value;
  if (Array.isArray(value)) return value.map(published);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, published(inside)]));
}
