/**
 * Works on items, at most `width` at a time, begun in order. The first failure is thrown, after the work under way has
 * ended: no further item is begun, and `signal` asks what is under way to stop.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { inParallel } from "./parallel.ts";
 * const done: number[] = [];
 * await inParallel([1, 2, 3], 2, (item) => Promise.resolve(void done.push(item)));
 * assertEquals(done, [1, 2, 3]);
 * ```
 */
export async function inParallel<Item>(
  items: readonly Item[],
  width: number,
  work: (item: Item, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const failures: unknown[] = [];
  const queue = items.values();
  const lane = async () => {
    for (const item of queue) {
      if (stop.signal.aborted) return;
      try {
        await work(item, stop.signal);
      } catch (error) {
        failures.push(error);
        stop.abort(); // without the error as its reason: the others have not failed in this way
      }
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  if (failures.length > 0) throw failures[0];
}
