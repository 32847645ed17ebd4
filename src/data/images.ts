/** Kept posters as a model is given them: changed by chance, brought to size, normalized. A function of its task. */
import { OnesheetError } from "../base/errors.ts";
import { random } from "../base/random.ts";
import type { Augmentation } from "./augment.ts";
import { decode } from "./decode.ts";
import { type Frame, framed } from "./framed.ts";
import { type Moments, normalize } from "./normalize.ts";
import type { Picture } from "./picture.ts";
import { keptAt, type Slots } from "./slots.ts";
import type { Draw } from "./source.ts";

/** How a picture is made ready for a model. */
export interface ImagePreparation extends Moments, Frame {
  /** What changes a training picture at random, in this order. */
  readonly augment: readonly Augmentation[];
}

/** Pictures to make ready. */
export interface Task {
  /** Where each is kept, one slot after the other. */
  readonly slots: Slots;
  /** Row number in the data set of each. */
  readonly rows: Int32Array;
  /** They are augmented when it is given. */
  readonly draw: Draw | undefined;
}

/** A kept poster that is not as it was written. */
export class BrokenPoster extends OnesheetError {
  /** Its place in the task. */
  readonly at: number;
  /** An error for the poster at this place of a task. */
  constructor(at: number, row: number) {
    super(`Cannot use the kept poster of row ${row}: expected what was written, found other bytes`);
    this.at = at;
  }
}

/** The poster that a slot leads to; undefined where something else is there. */
async function pictureAt(file: Deno.FsFile, slot: Slots): Promise<Picture | undefined> {
  const kept = keptAt(file, slot);
  return kept?.width === 0 ? await decode(kept.data) : kept;
}

/**
 * Makes the pictures of a task ready: `[pictures, pixels, pixels, 3]`. `path` is where posters are kept. A picture that
 * has that size, kept or augmented, stays as it is.
 */
export async function images(
  path: string,
  { pixels, resize, augment, ...moments }: ImagePreparation,
  { slots, rows, draw }: Task,
): Promise<Float32Array<ArrayBuffer>> {
  using file = await Deno.open(path);
  const numbers = pixels * pixels * 3, fields = slots.length / rows.length;
  const out = new Float32Array(rows.length * numbers);
  for (const [at, row] of rows.entries()) {
    const picture = await pictureAt(file, slots.subarray(at * fields, (at + 1) * fields));
    if (picture === undefined) throw new BrokenPoster(at, row);
    const stream = draw && random(draw.seed, draw.epoch, row);
    const changed = stream ? augment.reduce((seen, { made }) => made(seen, stream), picture) : picture;
    const isShown = changed.width === pixels && changed.height === pixels;
    normalize(isShown ? changed : framed(changed, { pixels, resize }), moments, out, at * numbers);
  }
  return out;
}
