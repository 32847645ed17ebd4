/** What a model is asked about: a poster and a plot, or the one of them that it reads. */

/** A part of a question. */
export type Field = "poster" | "plot";

/** Both, in the order of questions. */
export const FIELDS: readonly Field[] = ["poster", "plot"];

/** The fields that a model reads, by the names of its inputs; both for a model of other inputs. */
export function fieldsOf(reads: readonly string[]): readonly Field[] {
  const inputs: Readonly<Record<Field, readonly string[]>> = { poster: ["image"], plot: ["ids", "mask"] };
  const read = FIELDS.filter((field) => inputs[field].some((name) => reads.includes(name)));
  return read.length > 0 ? read : FIELDS;
}

/** A GIF of one pixel, red, green and blue 128 of 255: brought to any size, every pixel is that grey. */
export const NO_POSTER: Uint8Array<ArrayBuffer> = Uint8Array.fromBase64(
  "R0lGODdhAQABAIAAAICAgAAAACwAAAAAAQABAAACAkQBADs=",
);
