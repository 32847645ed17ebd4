/** What a fidelity check is: one detail of the notebook, measured against a reference. */
import type { Engine } from "../../src/tensor.ts";

/** A detail and how far ours is from the reference's. */
export interface Check {
  /** In the notebook's words. */
  readonly detail: string;
  /** The reference that made the golden, with its version. */
  readonly against: string;
  /** The largest difference found; undefined where it needs files that are too big to keep here. */
  readonly difference?: number;
  /** The largest that passes. */
  readonly limit: number;
  /** What is counted or measured. */
  readonly unit: string;
  /** The option that measures it, where it was not measured. */
  readonly needs?: string;
}

/** What a check is run with. */
export interface Context {
  /** The folder of the goldens. */
  readonly goldens: string;
  /** Opens the engine and makes it the current one. */
  readonly engine: () => Promise<Engine>;
  /** A folder of full-size goldens, which `tests/golden/mini/make.py --size full` makes. */
  readonly full?: string;
  /** A folder with a pretrained BERT, and what `tests/golden/bert/make.py` wrote beside it. */
  readonly bert?: string;
}

/** Measures some details. */
export type Measure = (context: Context) => Promise<readonly Check[]>;

/** Whether a detail holds: measured within its limit, or not measured for want of its files. */
export const holds = ({ difference, limit, needs }: Check): boolean =>
  difference === undefined ? needs !== undefined : difference <= limit;

/** The golden file's content. */
export const readJson = <Shape>(path: string): Shape => JSON.parse(Deno.readTextFileSync(path)) as Shape;

/** The largest absolute difference; infinite when there is another number of them. */
export function largest(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let most = found.length === expected.length ? 0 : Infinity;
  for (let i = 0; i < found.length; i++) {
    const difference = Math.abs(found[i] - expected[i]);
    if (!(difference <= most)) most = difference;
  }
  return most;
}

/** How many differ: places whose contents are not the same, and places that only one of them has. */
export function differing(found: readonly unknown[], expected: readonly unknown[]): number {
  const length = Math.max(found.length, expected.length);
  const same = (i: number) => JSON.stringify(found[i]) === JSON.stringify(expected[i]);
  return Array.from({ length }, (_, i) => i).filter((i) => !same(i)).length;
}

/** The largest of some numbers; NaN when one of them is. */
export const most = (numbers: Iterable<number>): number => {
  let largest = 0;
  for (const x of numbers) if (!(x <= largest)) largest = x;
  return largest;
};
