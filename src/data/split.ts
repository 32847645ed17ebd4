/** The published split of a data set into training and validation rows. */
import { OnesheetError } from "../base/errors.ts";
import { permutation } from "./pcg64.ts";

/** How to split. */
export interface SplitOptions {
  /** The part of the rows held out, in (0, 1). */
  readonly test: number;
  /** NumPy's; a whole number of at least 0. */
  readonly seed: number;
}

/**
 * The row numbers of Hugging Face `datasets.train_test_split(test_size=test, seed=seed)`, both sides in its order.
 * Of `numpy.random.default_rng(seed).permutation(n)` the first ceil(test · n) rows are the test side.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { trainTestSplit } from "./split.ts";
 * const { train, test } = trainTestSplit(15552, { test: 0.15, seed: 42 });
 * assertEquals([test.length, test[0]], [2333, 8366]);
 * assertEquals([train.length, train[0]], [13219, 699]);
 * ```
 *
 * Errors: a part outside (0, 1), a seed that is no whole number, a side without rows.
 */
export function trainTestSplit(
  n: number,
  { test, seed }: SplitOptions,
): { train: Int32Array; test: Int32Array } {
  if (!(test > 0 && test < 1)) {
    throw new OnesheetError(`Cannot split the rows: expected a validation part in (0, 1), found ${test}`, {
      exitCode: 2,
    });
  }
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new OnesheetError(`Cannot split the rows: expected a whole seed of at least 0, found ${seed}`, {
      exitCode: 2,
    });
  }
  const held = Math.ceil(test * n);
  if (held === 0 || held >= n) {
    throw new OnesheetError(
      `Cannot split ${n} rows into a training and a validation side with ${test} of them for validation: one side is empty`,
    );
  }
  const order = permutation(n, seed);
  return { train: order.slice(held), test: order.slice(0, held) };
}
