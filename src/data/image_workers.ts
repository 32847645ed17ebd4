/** Threads that make pictures ready while the engine computes. */
import { OnesheetError } from "../base/errors.ts";
import type { Named } from "./augment.ts";
import { BrokenPoster, type ImagePreparation, type Task } from "./images.ts";

/** What a thread is told first. */
export interface Setup {
  /** Where posters are kept. */
  readonly path: string;
  /** How they are made ready; augmentations as data. */
  readonly preparation: Omit<ImagePreparation, "augment"> & { readonly augment: readonly Named[] };
}

/** What a thread answers: the pictures, or why there are none. */
export type Answer =
  & { readonly id: number }
  & (
    | { readonly image: Float32Array<ArrayBuffer>; readonly error?: undefined }
    | { readonly error: string; readonly broken: number | undefined }
  );

/** A task under way. */
interface Waiting extends PromiseWithResolvers<Float32Array<ArrayBuffer>> {
  readonly task: Task;
}

/** Threads; disposing of them ends them, and the tasks under way with an error. */
export interface ImageWorkers extends Disposable {
  /** How many there are. */
  readonly count: number;
  /** As `images`, on the thread that is free first. */
  images(task: Task): Promise<Float32Array<ArrayBuffer>>;
}

/** Starts threads. */
export function imageWorkers(
  count: number,
  { path, preparation: { augment, ...preparation } }: Setup,
): ImageWorkers {
  const named = augment.map(({ name, options }) => ({ name, options }));
  const waiting = new Map<number, Waiting>();
  const queue: [id: number, task: Task][] = [];
  const free: Worker[] = [];
  let next = 0;

  const give = (): void => {
    while (free.length > 0 && queue.length > 0) {
      const [id, task] = queue.shift()!;
      free.pop()!.postMessage({ id, ...task });
    }
  };
  const failAll = (why: string): void => {
    for (const { reject } of waiting.values()) reject(new OnesheetError(why));
    waiting.clear();
    queue.length = 0;
  };
  const start = (): Worker => {
    const worker = new Worker(new URL("./image_worker.ts", import.meta.url), { type: "module" });
    worker.postMessage({ path, preparation: { ...preparation, augment: named } } satisfies Setup);
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      const { resolve, reject, task } = waiting.get(data.id)!;
      waiting.delete(data.id);
      free.push(worker);
      give();
      if (data.error === undefined) resolve(data.image);
      else if (data.broken === undefined) reject(new OnesheetError(data.error));
      else reject(new BrokenPoster(data.broken, task.rows[data.broken]));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      failAll(`Cannot prepare pictures: a thread ended (${event.message})`);
    };
    return worker;
  };
  const workers = Array.from({ length: count }, start);
  free.push(...workers);
  return {
    count,
    images: (task) => {
      const result = Promise.withResolvers<Float32Array<ArrayBuffer>>();
      waiting.set(next, { ...result, task });
      queue.push([next++, task]);
      give();
      return result.promise;
    },
    [Symbol.dispose]: () => {
      failAll("Cannot prepare pictures: the data set was closed");
      for (const worker of workers) worker.terminate();
    },
  };
}
