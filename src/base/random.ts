/**
 * Random numbers as a function of keys: the same keys give the same stream, whatever was drawn elsewhere.
 * Generator: sfc32 (Chris Doty-Humphrey, PractRand), seeded from the keys by MurmurHash3's mixing.
 */

/** One stream of random numbers. */
export interface Random {
  /** A number in [low, high); [0, 1) unless told. */
  uniform(low?: number, high?: number): number;
  /** An integer in [0, n). */
  integer(n: number): number;
  /** A number of the normal distribution. */
  normal(mean?: number, deviation?: number): number;
  /** 0 … n-1 in random order (Fisher and Yates). */
  permutation(n: number): Int32Array;
}

/** MurmurHash3 (32 bit) of the keys' text, from a start value. */
function hash(text: string, start: number): number {
  let h = start;
  for (let i = 0; i < text.length; i++) {
    let k = Math.imul(text.charCodeAt(i), 0xcc9e2d51);
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    h ^= k;
    h = Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64 | 0;
  }
  h ^= text.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A 31-bit number that stands for the keys; what the engine's stateless random numbers are seeded with. */
export const keyed = (...keys: readonly (string | number)[]): number => hash(keys.join("\u0000"), 0) >>> 1;

/** The stream of the given keys, such as (seed, epoch, row, "flip"). */
export function random(...keys: readonly (string | number)[]): Random {
  const text = keys.join("\u0000");
  let a = hash(text, 1) | 0, b = hash(text, 2) | 0, c = hash(text, 3) | 0, counter = 1;
  const next = (): number => {
    const t = (a + b | 0) + counter | 0;
    counter = counter + 1 | 0;
    a = b ^ (b >>> 9);
    b = c + (c << 3) | 0;
    c = ((c << 21) | (c >>> 11)) + t | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  const unit = () => next() / 2 ** 32;
  const integer = (n: number) => Math.floor(unit() * n);
  return {
    uniform: (low = 0, high = 1) => low + (high - low) * unit(),
    integer,
    normal: (mean = 0, deviation = 1) =>
      mean + deviation * Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit()),
    permutation: (n) => {
      const order = Int32Array.from({ length: n }, (_, i) => i);
      for (let i = n - 1; i > 0; i--) {
        const j = integer(i + 1);
        [order[i], order[j]] = [order[j], order[i]];
      }
      return order;
    },
  };
}
