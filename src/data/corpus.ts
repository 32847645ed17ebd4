/**
 * What a data set is to everything behind its source: labels and texts at hand, images as the files they are. Examples
 * go by position among the rows that count.
 */

import type { Skipped } from "./source.ts";

/** The image of an example. */
export interface EncodedPoster {
  /** Its position among the rows that count. */
  readonly example: number;
  /** Its row number in the data set. */
  readonly row: number;
  /** The image file. */
  readonly poster: Uint8Array;
}

/** Examples by position, in the order of the data set. */
export interface Corpus {
  /** Stands for everything in it: another key, other examples. */
  readonly key: string;
  /** Row number in the data set of each example. */
  readonly rows: Int32Array;
  /** Every label once, sorted. */
  readonly labels: readonly string[];
  /** The labels of the example at this position. */
  labelsOf(example: number): readonly string[];
  /** The rows that do not count because they cannot be used, and why. */
  readonly skipped: readonly Skipped[];
  /** What a person should know of the labels or rows. */
  readonly notes?: readonly string[];
  /** SHA-256 of each example's image file in order, in hexadecimal; taken once and then remembered. */
  imageDigests(): Promise<readonly string[]>;
  /** The text of each example in order. */
  texts(): Iterable<string>;
  /** What an error calls the image of an example, such as `the poster of row 12`. */
  imageName(example: number): string;
  /**
   * The images of some examples in the order of the data set. `onFirst` sees those that are read together first, before
   * any is given out.
   */
  images(
    examples: Int32Array,
    onFirst?: (posters: readonly EncodedPoster[]) => Promise<void>,
  ): AsyncGenerator<EncodedPoster>;
}
