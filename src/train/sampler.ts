/** In which order an epoch visits its rows, as a function of seed and epoch alone. */
import { OnesheetError } from "../base/errors.ts";
import { random } from "../base/random.ts";

/** The positions 0 … size-1 in the order of an epoch. */
export const epochOrder = (
  size: number,
  draw: { readonly seed: number; readonly epoch: number },
): Int32Array => random(draw.seed, "shuffle", draw.epoch).permutation(size);

/**
 * Cuts an order into batches; the last may be shorter, or is left out with `dropLast`. Too few rows for one whole
 * batch is then an error, because nothing would be trained.
 */
export function batches(
  order: Int32Array,
  batchSize: number,
  { dropLast }: { readonly dropLast: boolean },
): Int32Array[] {
  if (dropLast && order.length < batchSize) {
    throw new OnesheetError(
      `Cannot fill a batch of ${batchSize} rows: found ${order.length}; use more rows or a smaller batch size`,
      { exitCode: 2 },
    );
  }
  const count = (dropLast ? Math.floor : Math.ceil)(order.length / batchSize);
  return Array.from({ length: count }, (_, i) => order.subarray(i * batchSize, (i + 1) * batchSize));
}

/** The batches of each step; the last step may have fewer. */
export const inGroups = <T>(batches: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(batches.length / size) }, (_, i) => batches.slice(i * size, (i + 1) * size));
