/** The first items of a stream, seen together before any is given out. */

/** Enough of them to say what all will be like. */
const FIRST = 64;

/** Gives out what `items` gives; `onFirst` sees the first 64 before. */
export async function* firstTogether<Item>(
  items: AsyncIterable<Item>,
  onFirst: (first: readonly Item[]) => Promise<void> = () => Promise.resolve(),
): AsyncGenerator<Item> {
  let first: Item[] | undefined = [];
  for await (const item of items) {
    if (first === undefined) {
      yield item;
      continue;
    }
    first.push(item);
    if (first.length < FIRST) continue;
    await onFirst(first);
    yield* first;
    first = undefined;
  }
  if (first === undefined || first.length === 0) return;
  await onFirst(first);
  yield* first;
}
