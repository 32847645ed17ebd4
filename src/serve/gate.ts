/** Work that only a few may do at the same time. */

/** Does the work when its turn comes, in the order of asking. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

/** A gate that lets `width` through at a time. */
export function gate(width: number): Gate {
  const waiting: (() => void)[] = [];
  let inside = 0;
  return async (work) => {
    if (inside === width) await new Promise<void>((resolve) => waiting.push(resolve));
    else inside++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) inside--;
      else next();
    }
  };
}
