/** Random configurations: what a generator draws with. The same keys give the same. */
import { random } from "../../src/base/random.ts";
import { float32, int32, sizeOf, type Value } from "../../src/base/value.ts";

/** A stream of random choices. */
export interface Draw {
  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number;
  /** One of these. */
  pick<Item>(...items: readonly Item[]): Item;
  /** Whether something that happens this often happens. */
  chance(p: number): boolean;
  /** A number in [low, high). */
  uniform(low: number, high: number): number;
  /** Whole numbers from 0 to below `end`. */
  ints(count: number, end: number): number[];
  /** 0 to n - 1 in random order. */
  order(n: number): number[];
  /** A shape of `rank` axes of up to `most`. */
  shape(rank: number, most: number): number[];
  /** Normal numbers times `scale`. Default: a scale between 0.1 and 10. */
  numbers(shape: readonly number[], scale?: number): Value;
  /** Whole numbers from 0 to below `end` as an array. */
  ids(shape: readonly number[], end: number): Value;
  /** Zeros and ones, as many ones as `p` says. */
  bits(shape: readonly number[], p: number): Value;
}

/** The stream of these keys. */
export function draw(...keys: readonly (string | number)[]): Draw {
  const stream = random(...keys);
  const int = (low: number, high: number) => low + stream.integer(high - low + 1);
  const list = <Item>(count: number, make: () => Item) => Array.from({ length: count }, make);
  const ints = (count: number, end: number) => list(count, () => stream.integer(end));
  const chance = (p: number) => stream.uniform() < p;
  return {
    int,
    pick: (...items) => items[stream.integer(items.length)],
    chance,
    uniform: stream.uniform,
    ints,
    order: (n) => [...stream.permutation(n)],
    shape: (rank, most) => list(rank, () => int(1, most)),
    numbers: (shape, scale = 10 ** stream.uniform(-1, 1)) =>
      float32(shape, list(sizeOf(shape), () => stream.normal(0, scale))),
    ids: (shape, end) => int32(shape, ints(sizeOf(shape), end)),
    bits: (shape, p) => int32(shape, list(sizeOf(shape), () => chance(p) ? 1 : 0)),
  };
}
