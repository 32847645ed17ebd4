/** Requests that come at the same time become one batch. */

/** When a batch begins. */
export interface Batching {
  /** Items of a batch, at most; at least 1. */
  readonly most: number;
  /** Milliseconds that the first item of a batch waits for others, at most. */
  readonly wait: number;
}

/** A queue in front of work on batches. */
export interface Batcher<Item, Result> {
  /** Adds an item; its result, or the failure of the batch it went into. */
  add(item: Item): Promise<Result>;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly since: number;
  readonly done: PromiseWithResolvers<Result>;
}

/**
 * Starts a queue. One batch is worked on at a time, of items in the order they came: it begins when `most` wait, or when
 * the first has waited `wait` milliseconds. Items that come while one is under way are the next.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { batcher } from "./batcher.ts";
 * const sizes: number[] = [];
 * const squares = batcher<number, number>((items) => {
 *   sizes.push(items.length);
 *   return Promise.resolve(items.map((x) => x * x));
 * }, { most: 2, wait: 1 });
 * assertEquals(await Promise.all([1, 2, 3].map((x) => squares.add(x))), [1, 4, 9]);
 * assertEquals(sizes, [2, 1]);
 * ```
 */
export function batcher<Item, Result>(
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
  { most, wait }: Batching,
): Batcher<Item, Result> {
  const queue: Waiting<Item, Result>[] = [];
  let isBusy = false, timer: ReturnType<typeof setTimeout> | undefined;

  const begin = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const batch = queue.splice(0, most);
    isBusy = true;
    try {
      const results = await work(batch.map(({ item }) => item));
      batch.forEach(({ done }, i) => done.resolve(results[i]));
    } catch (error) {
      for (const { done } of batch) done.reject(error);
    }
    isBusy = false;
    look();
  };
  const look = (): void => {
    if (isBusy || queue.length === 0) return;
    const left = queue[0].since + wait - performance.now();
    if (queue.length >= most || left <= 0) return void begin();
    timer ??= setTimeout(() => {
      timer = undefined;
      look();
    }, Math.ceil(left));
  };
  return {
    add: (item) => {
      const done = Promise.withResolvers<Result>();
      queue.push({ item, since: performance.now(), done });
      look();
      return done.promise;
    },
  };
}
