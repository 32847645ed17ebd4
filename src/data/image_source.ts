/** The pictures of a data set, made ready on this thread or, where there are many numbers to make, on others. */
import { isNamed } from "./augment.ts";
import type { Corpus } from "./corpus.ts";
import { BrokenPoster, type ImagePreparation, images, type Task } from "./images.ts";
import { type ImageWorkers, imageWorkers } from "./image_workers.ts";
import type { Posters } from "./posters.ts";
import { SLOT } from "./slots.ts";
import type { Draw } from "./source.ts";

/** Pictures by example. Disposing of it ends its threads. */
export interface ImageSource extends Disposable {
  /** The pictures of these examples, `[examples, pixels, pixels, 3]`; augmented when a draw is given. */
  images(examples: Int32Array, draw?: Draw): Promise<Float32Array>;
}

/** Pixels of an epoch from which threads are worth their start: 100 pictures of 224 by 224. */
const MANY = 5e6;

/** More threads than this wait for the disk. */
const MOST = 8;

/**
 * The pictures of kept posters; `epoch` is how many an epoch has. Threads make them when that is many and every
 * augmentation is one of this library, which a thread can make again from its settings; an own one runs here.
 */
export function imageSource(
  { rows }: Pick<Corpus, "rows">,
  posters: Posters,
  preparation: ImagePreparation,
  epoch: number,
): ImageSource {
  const { pixels, augment } = preparation;
  const { path } = posters;
  const many = epoch * pixels * pixels >= MANY && augment.every(isNamed);
  let workers: ImageWorkers | undefined;

  const taskOf = (examples: Int32Array, draw: Draw | undefined): Task => {
    const slots = new Float64Array(examples.length * SLOT / 8);
    examples.forEach((example, at) => slots.set(posters.slot(example), at * SLOT / 8));
    return { slots, rows: examples.map((example) => rows[example]), draw };
  };
  const made = async (examples: Int32Array, draw: Draw | undefined): Promise<Float32Array> => {
    const task = taskOf(examples, draw);
    try {
      return await (workers?.images(task) ?? images(path, preparation, task));
    } catch (error) {
      if (!(error instanceof BrokenPoster)) throw error;
      await posters.again(examples[error.at], task.slots.subarray(error.at * SLOT / 8));
      return await made(examples, draw);
    }
  };
  return {
    images: async (examples, draw) => {
      if (many) {
        workers ??= imageWorkers(Math.min(navigator.hardwareConcurrency, MOST), { path, preparation });
      }
      const share = Math.ceil(examples.length / (workers?.count ?? 1));
      if (share === examples.length) return await made(examples, draw);
      const out = new Float32Array(examples.length * pixels * pixels * 3);
      const parts = Array.from({ length: Math.ceil(examples.length / share) }, async (_, i) => {
        const part = await made(examples.subarray(i * share, (i + 1) * share), draw);
        out.set(part, i * share * pixels * pixels * 3);
      });
      await Promise.all(parts);
      return out;
    },
    [Symbol.dispose]: () => workers?.[Symbol.dispose](),
  };
}
