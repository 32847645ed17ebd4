/** What a process holds of its machine, and whether that grows. */

/** Of this process at a moment. */
export interface Held {
  /** Resident bytes. */
  readonly memory: number;
  /** Open files; 0 where the system does not tell. */
  readonly files: number;
  /** Threads; 0 where the system does not tell. */
  readonly threads: number;
}

const count = (folder: string): number => {
  try {
    return [...Deno.readDirSync(folder)].length;
  } catch {
    return 0;
  }
};

/** Looks at this process, after a collection of garbage where `--expose-gc` permits that. */
export function held(): Held {
  (globalThis as { gc?: () => void }).gc?.();
  return {
    memory: Deno.memoryUsage().rss,
    files: count("/proc/self/fd"),
    threads: count("/proc/self/task"),
  };
}

const mean = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0) / numbers.length;

/**
 * How much a number grew in its second half: the mean of its last quarter less that of its third. The first half is
 * for whatever a process fills once.
 */
export function growth(numbers: readonly number[]): number {
  const quarter = Math.floor(numbers.length / 4);
  return mean(numbers.slice(-quarter)) - mean(numbers.slice(-2 * quarter, -quarter));
}
