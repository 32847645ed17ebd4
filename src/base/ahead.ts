/**
 * Starts work before it is asked for: while one result is used, the next `depth` are being made. Results come in order;
 * work that was started when the consumer leaves is waited for.
 */
export async function* ahead<Item, Result>(
  items: Iterable<Item>,
  depth: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const running: Promise<Result>[] = [];
  const start = (item: Item) => {
    const promise = work(item);
    promise.catch(() => {}); // thrown where it is awaited
    running.push(promise);
  };
  try {
    for (const item of items) {
      start(item);
      if (running.length > depth) yield await running.shift()!;
    }
    while (running.length > 0) yield await running.shift()!;
  } finally {
    await Promise.allSettled(running);
  }
}
